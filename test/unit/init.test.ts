/** Promise: every question of the wizard is a flag, a prompt and a default, and what it writes is valid and readable. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { type Asker, collect, type Given } from '../../src/cli/init/collect.ts'
import { filesOf } from '../../src/cli/init/files.ts'
import { after, before, containerQuestions } from '../../src/cli/init/questions.ts'
import { fairlead } from '../command.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-init-'))
  for (const name of Object.keys(process.env)) {
    if (/^(AWS|FAIRLEAD)_/.test(name)) vi.stubEnv(name, undefined)
  }
})
afterEach(() => {
  rmSync(folder, { recursive: true })
  vi.unstubAllEnvs()
})

// biome-ignore lint/suspicious/noExplicitAny: specs of any kind
type Specs = Record<string, any>

/** Specs by kind of what these flags give. */
async function specs(given: Given, userData?: string): Promise<Specs> {
  const files = filesOf(await collect(given), userData)
  const documents = Object.values(files).flatMap((text) => parseAllDocuments(text))
  return Object.fromEntries(
    documents.map((document) => [document.toJS().kind, document.toJS().spec]),
  )
}

describe('unattended', () => {
  test.each(['--ec2', '--fargate'])('%s --yes writes what validates', async (launch) => {
    const out = join(folder, 'manifests')
    const made = await fairlead('init', '--yes', launch, '--out', out)
    expect(made.code).toBe(0)
    expect(made.stdout.trim().split('\n')).toEqual([
      join(out, 'cluster.yaml'),
      join(out, 'web.yaml'),
    ])
    expect(await fairlead('validate', out)).toMatchObject({ code: 0, stdout: '' })
    for (const name of ['cluster.yaml', 'web.yaml']) {
      await expect(readFileSync(join(out, name), 'utf8')).toMatchFileSnapshot(
        `../fixtures/init/${launch.slice(2)}/${name}`,
      )
    }
  })

  test('nothing is overwritten, unless it is said', async () => {
    writeFileSync(join(folder, 'web.yaml'), 'mine')
    const refused = await fairlead('init', '--yes', '--out', folder)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('web.yaml exists already')
    expect(readFileSync(join(folder, 'web.yaml'), 'utf8')).toBe('mine')
    expect(existsSync(join(folder, 'cluster.yaml'))).toBe(false)
    expect((await fairlead('init', '--yes', '--force', '--out', folder)).code).toBe(0)
    expect(readFileSync(join(folder, 'web.yaml'), 'utf8')).not.toBe('mine')
  })

  test('without a terminal somebody must say --yes', async () => {
    expect(await fairlead('init', '--out', folder)).toMatchObject({ code: 1, stdout: '' })
    expect(await fairlead('init', '--yes', '--ec2', '--fargate')).toMatchObject({ code: 1 })
  })

  test('a bad answer is refused with what was expected, and nothing is written', async () => {
    const bad = await fairlead('init', '--yes', '--min', '3', '--max', '2', '--out', folder)
    expect(bad).toMatchObject({ code: 1, stdout: '' })
    expect(bad.stderr).toContain('--max 2: at least the fewest, 3')
  })

  test('answers that AWS would refuse together are said as validate says them', async () => {
    const tight = ['--cidr-block', '10.0.0.0/28', '--zones', '6']
    const bad = await fairlead('init', '--yes', ...tight, '--out', folder)
    expect(bad).toMatchObject({ code: 1, stdout: '' })
    expect(bad.stderr).toContain('Network/main: spec.cidrBlock: 10.0.0.0/28 has no room')
    expect(existsSync(join(folder, 'cluster.yaml'))).toBe(false)
  })

  test.each([
    ['--instance-types m5.larg', 'm5.larg is no instance type'],
    ['--instance-types m5.large,m7g.large', 'of one architecture'],
    ['--instance-types t4g.medium --ami AmazonLinux', 'not made for Arm'],
    ['--instance-types g5g.xlarge --ami AmazonLinux2023', 'not made for Arm with GPUs'],
    ['--volume-size 20', 'a whole number from 30'],
    ['--vpc vpc-0defa000000000000', '--subnet: at least 1 is needed'],
    ['--cidr-block 10.0.0.0/8', 'a block from /16 to /28'],
    ['--fargate --task-cpu 256 --task-memory 8192', '256 CPU units: 512, 1024, 2048'],
    ['--fargate --memory 1024', 'a whole number from 6 to 512'],
    ['--fargate --container a --container b --port b=80', 'another container of the task'],
    ['--fargate --allow-from 10.0.0.0/99', 'a block such as 10.0.0.0/8'],
  ])('%s is refused where it is answered', async (flags, words) => {
    const bad = await fairlead('init', '--yes', ...flags.split(' '), '--out', folder)
    expect(bad).toMatchObject({ code: 1, stdout: '' })
    expect(bad.stderr).toMatch(/^error: --/)
    expect(bad.stderr).toContain(words)
  })

  test.each(['--ec2', '--fargate'])(
    '%s: the defaults of a second container fit too',
    async (on) => {
      const two = ['--container', 'app', '--container', 'proxy']
      expect(await fairlead('init', '--yes', on, ...two, '--out', folder)).toMatchObject({
        code: 0,
      })
    },
  )
})

describe('each answer', () => {
  const ec2: Given = { launch: 'ec2' }
  const fargate: Given = { launch: 'fargate' }

  test('the cluster and its instances', async () => {
    const { Cluster, InstanceGroup, Network } = await specs(
      {
        ...ec2,
        cluster: 'shop',
        'container-insights': 'enhanced',
        'instance-types': 'm7i.large, m6i.large',
        purchase: 'Mix',
        'on-demand-base': '2',
        'on-demand-percentage': '25',
        min: '2',
        max: '9',
        'volume-size': '100',
        'volume-type': 'gp2',
        ami: 'Bottlerocket',
        'instance-role': 'ecsInstanceRole',
        'key-pair': 'ops',
        'cidr-block': '10.8.0.0/16',
        zones: '3',
      },
      'echo hello\n',
    )
    expect(Cluster.settings).toEqual([{ name: 'containerInsights', value: 'enhanced' }])
    expect(Network).toEqual({ cidrBlock: '10.8.0.0/16', availabilityZones: 3 })
    expect(InstanceGroup).toEqual({
      cluster: { ref: 'shop' },
      network: { ref: 'shop' },
      instanceTypes: ['m7i.large', 'm6i.large'],
      size: { min: 2, max: 9 },
      purchase: { onDemandBaseCapacity: 2, onDemandPercentageAboveBaseCapacity: 25 },
      volume: { size: 100, type: 'gp2' },
      ami: 'Bottlerocket',
      role: 'ecsInstanceRole',
      keyName: 'ops',
      userData: 'echo hello\n',
    })
  })

  test('GPUs come with their drivers, unless somebody says no', async () => {
    const gpus = { ...ec2, 'instance-types': 'g4dn.xlarge' }
    expect((await specs(gpus)).InstanceGroup.gpu).toBe(true)
    expect((await specs({ ...gpus, gpu: 'no' })).InstanceGroup.gpu).toBeUndefined()
    expect((await specs(ec2)).InstanceGroup.gpu).toBeUndefined()
  })

  test('a VPC that exists is used by all, and none is made', async () => {
    const vpc = { vpc: 'vpc-0defa000000000000', subnet: ['subnet-0defa00000000000a'] }
    const onEc2 = await specs({ ...ec2, ...vpc })
    expect(onEc2.Network).toBeUndefined()
    expect(onEc2.InstanceGroup.subnets).toEqual(vpc.subnet)
    const onFargate = await specs({ ...fargate, ...vpc })
    expect(onFargate.SecurityGroup.vpcId).toBe(vpc.vpc)
    expect(onFargate.Service.networkConfiguration.awsvpcConfiguration.subnets).toEqual(vpc.subnet)
  })

  test.each([
    ['FARGATE', ['FARGATE'], [{ capacityProvider: 'FARGATE', weight: 1 }]],
    [
      'FARGATE_SPOT',
      ['FARGATE', 'FARGATE_SPOT'],
      [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    ],
    [
      'both',
      ['FARGATE', 'FARGATE_SPOT'],
      [
        { capacityProvider: 'FARGATE', base: 1, weight: 1 },
        { capacityProvider: 'FARGATE_SPOT', weight: 3 },
      ],
    ],
  ])('Fargate capacity %s', async (capacity, providers, strategy) => {
    const { Cluster, Service } = await specs({ ...fargate, 'fargate-capacity': capacity })
    expect(Cluster.capacityProviders).toEqual(providers)
    expect(Cluster.defaultCapacityProviderStrategy).toEqual(strategy)
    // Said by the service itself, a plan need not remark on what it was created with.
    expect(Service.capacityProviderStrategy).toEqual(strategy)
  })

  test('containers, each with its own', async () => {
    const secret = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf'
    const { TaskDefinition, Role } = await specs({
      ...ec2,
      'task-definition': 'shop',
      container: ['app', 'proxy'],
      image: ['shop:1', 'proxy=nginx:1.27'],
      cpu: ['256'],
      memory: ['512', 'proxy=64'],
      port: ['0', 'proxy=8080'],
      env: ['A=1', 'B=x=y', 'proxy=C=3'],
      secret: [`KEY=${secret}:password::`, 'proxy=TOKEN=/shop/token'],
      'log-group': ['', 'proxy=/shop/proxy'],
      'health-check': ['curl -f http://localhost/'],
    })
    const [app, proxy] = TaskDefinition.containerDefinitions
    expect(app).toEqual({
      name: 'app',
      image: 'shop:1',
      essential: true,
      cpu: 256,
      memory: 512,
      environment: [
        { name: 'A', value: '1' },
        { name: 'B', value: 'x=y' },
      ],
      secrets: [{ name: 'KEY', valueFrom: `${secret}:password::` }],
      healthCheck: {
        command: ['CMD-SHELL', 'curl -f http://localhost/'],
        interval: 10,
        timeout: 5,
        retries: 3,
      },
    })
    expect(proxy).toMatchObject({
      image: 'nginx:1.27',
      memory: 64,
      portMappings: [{ containerPort: 8080, hostPort: 0 }],
      environment: [{ name: 'C', value: '3' }],
      logConfiguration: { options: { 'awslogs-group': '/shop/proxy' } },
    })
    const [{ policyDocument }] = Role.policies
    expect(policyDocument.Statement.slice(1)).toEqual([
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: [secret] },
      {
        Effect: 'Allow',
        Action: 'ssm:GetParameters',
        Resource: ['arn:aws:ssm:us-east-1:*:parameter/shop/token'],
      },
    ])
  })

  test('a role that exists starts the containers', async () => {
    const arn = 'arn:aws:iam::123456789012:role/execution'
    const { Role, TaskDefinition } = await specs({ ...fargate, 'execution-role': arn })
    expect(Role).toBeUndefined()
    expect(TaskDefinition.executionRoleArn).toBe(arn)
  })

  test('the service: count, addresses, load balancer', async () => {
    const target =
      'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/0123456789abcdef'
    const all = await specs({
      ...fargate,
      service: 'front',
      'desired-count': '4',
      'public-ip': 'no',
      'target-group': target,
      'allow-from': '10.0.0.0/8',
    })
    expect(all.Service).toMatchObject({
      desiredCount: 4,
      networkConfiguration: { awsvpcConfiguration: { assignPublicIp: 'DISABLED' } },
      loadBalancers: [{ targetGroupArn: target, containerName: 'web', containerPort: 80 }],
    })
    expect(all.SecurityGroup.ipPermissions[0].ipRanges).toEqual([{ cidrIp: '10.0.0.0/8' }])
    const own = await specs({ ...fargate, 'security-group': ['sg-0defa000000000000'] })
    expect(own.SecurityGroup).toBeUndefined()
    expect(own.Service.networkConfiguration.awsvpcConfiguration.securityGroups).toEqual([
      'sg-0defa000000000000',
    ])
    // Behind a load balancer, instances must let it in, at the ports that Docker takes.
    const instances = await specs({ ...ec2, 'target-group': target })
    expect(instances.InstanceGroup.securityGroups).toEqual([{ ref: 'web' }])
    expect(instances.SecurityGroup.ipPermissions[0]).toMatchObject({
      fromPort: 32768,
      toPort: 60999,
    })
  })

  test('no service, no task definition', async () => {
    expect((await specs({ ...ec2, service: '' })).Service).toBeUndefined()
    const cluster = await specs({ ...ec2, 'task-definition': '' })
    expect(Object.keys(cluster)).toEqual(['Network', 'Cluster', 'InstanceGroup'])
  })
})

describe('asked', () => {
  /** A person who takes the default but for what is said here, and notes what was asked. */
  function person(says: Given, containers = 1) {
    const asked: string[] = []
    let more = containers
    const asker: Asker = {
      async ask({ name, type }, fallback) {
        asked.push(name)
        return says[name] ?? (type === 'list' ? [] : fallback)
      },
      more: async () => --more > 0,
    }
    return { asked, asker }
  }

  test('a person is asked what matters, in the order of the questions', async () => {
    const { asked, asker } = person({ launch: 'fargate' }, 2)
    const { said, containers } = await collect({}, asker)
    expect(said.launch).toBe('fargate')
    expect(asked).not.toContain('instance-types')
    expect(asked).not.toContain('subnet')
    expect(asked.filter((name) => name === 'image')).toHaveLength(2)
    expect(containers.map(({ name }) => name)).toEqual(['web', 'side-1'])
  })

  test('every question is asked of somebody, and takes a flag instead', async () => {
    const seen = new Set<string>()
    const mixed = { purchase: 'Mix', launch: 'ec2', 'instance-types': 'g4dn.xlarge' }
    const here = { vpc: 'vpc-0defa000000000000', subnet: ['subnet-0defa00000000000a'] }
    for (const says of [mixed, { launch: 'fargate', ...here }]) {
      const { asked, asker } = person(says)
      await collect({}, asker)
      for (const name of asked) seen.add(name)
      const silent = person({})
      const flags = Object.fromEntries(asked.map((name) => [name, says[name as 'launch'] ?? '']))
      const usable = Object.entries(flags).filter(([, value]) => value !== '')
      await collect(Object.fromEntries(usable), silent.asker)
      expect(silent.asked.filter((name) => usable.some(([other]) => other === name))).toEqual([])
    }
    const names = [...before, ...containerQuestions, ...after].map(({ name }) => name)
    expect(names.filter((name) => !seen.has(name))).toEqual([])
  })
})
