/** How capacity providers are read: a hundred a call, ten a page. */
import { expect, test } from 'vitest'
import type { Read } from '../../../src/kind.ts'
import { capacityProvider } from '../../../src/kinds/capacity-provider/index.ts'
import { createAccount } from '../looking.ts'

async function withGroup() {
  const account = createAccount(capacityProvider)
  await account.aws('ec2:CreateLaunchTemplate', {
    LaunchTemplateName: 'hosts',
    LaunchTemplateData: { ImageId: 'ami-0defa0000000000a1', InstanceType: 't3.medium' },
  })
  const create = async (name: string) => {
    await account.aws('autoscaling:CreateAutoScalingGroup', {
      AutoScalingGroupName: name,
      LaunchTemplate: { LaunchTemplateName: 'hosts', Version: '1' },
      MinSize: 0,
      MaxSize: 1,
      VPCZoneIdentifier: 'subnet-0defa00000000000a',
    })
    await account.aws('ecs:CreateCapacityProvider', {
      name,
      autoScalingGroupProvider: { autoScalingGroupArn: name },
      tags: [{ key: 'team', value: name }],
    })
  }
  return { ...account, create }
}

test('all pages are read; what is missing or deleted is no', async () => {
  const { aws, create, look, reads, wait } = await withGroup()
  const names = Array.from({ length: 12 }, (_, n) => `p-${n}`)
  for (const name of names) await create(name)
  await aws('ecs:DeleteCapacityProvider', { capacityProvider: 'p-3' })
  const found = await look(Object.fromEntries([...names, 'never'].map((name) => [name, {}])))
  const answers = [...found.values()].map((answer) => answer.found)
  expect(answers.filter((answer) => answer === 'yes')).toHaveLength(12)
  expect(found.get('default/CapacityProvider/never')).toEqual({ found: 'no' })
  expect(found.get('default/CapacityProvider/p-3')).toMatchObject({
    live: { state: { updateStatus: 'DELETE_IN_PROGRESS' } },
  })
  expect(found.get('default/CapacityProvider/p-11')).toMatchObject({
    live: {
      attributes: { name: 'p-11', arn: expect.stringContaining('capacity-provider/p-11') },
      tags: { team: 'p-11' },
    },
  })
  expect(reads).toEqual(Array(2).fill('ecs:DescribeCapacityProviders'))
  wait(60_000)
  expect((await look({ 'p-3': {} })).get('default/CapacityProvider/p-3')).toEqual({ found: 'no' })
})

test('a failure other than MISSING is not taken for absence', async () => {
  const { look } = await withGroup()
  const arn = 'arn:aws:ecs:us-east-1:123456789012:capacity-provider/hosts'
  const read = (async () => ({
    capacityProviders: [],
    failures: [{ arn, reason: 'ACCESS_DENIED' }],
  })) as Read
  const found = await look({ hosts: {} }, [], { read })
  expect(found.get('default/CapacityProvider/hosts')).toMatchObject({ found: 'unknown' })
})
