/** Launch templates: numbered versions, the default, merging, tokens, what is refused. */
import { describe, expect, it } from 'vitest'
import { type Stage, stage } from './stage.ts'

const data = { ImageId: 'ami-0defa0000000000a1', InstanceType: 'm5.large' }

function create(on: Stage, more: Record<string, unknown> = {}) {
  const input = { LaunchTemplateName: 'host', LaunchTemplateData: data, ...more }
  return on.call('ec2:CreateLaunchTemplate', input).LaunchTemplate
}

function versions(on: Stage, input: Record<string, unknown> = { LaunchTemplateName: 'host' }) {
  return on.call('ec2:DescribeLaunchTemplateVersions', input).LaunchTemplateVersions
}

describe('a launch template', () => {
  it('begins with version 1, which is the default, and grows without moving it', () => {
    const on = stage()
    const made = create(on, { VersionDescription: 'first' })
    expect(made).toMatchObject({
      LaunchTemplateId: expect.stringMatching(/^lt-[0-9a-f]{17}$/),
      DefaultVersionNumber: 1,
      LatestVersionNumber: 1,
    })
    const id = { LaunchTemplateId: made.LaunchTemplateId }
    const { LaunchTemplateVersion: second } = on.call('ec2:CreateLaunchTemplateVersion', {
      ...id,
      LaunchTemplateData: { InstanceType: 'c5.large' },
    })
    expect(second).toMatchObject({ VersionNumber: 2, DefaultVersion: false })
    expect(second.LaunchTemplateData).toEqual({ InstanceType: 'c5.large' })
    const merged = on.call('ec2:CreateLaunchTemplateVersion', {
      ...id,
      SourceVersion: '1',
      LaunchTemplateData: { InstanceType: 'r5.large' },
    }).LaunchTemplateVersion
    expect(merged.LaunchTemplateData).toEqual({ ...data, InstanceType: 'r5.large' })
    const [shown] = on.call('ec2:DescribeLaunchTemplates').LaunchTemplates
    expect(shown).toMatchObject({ DefaultVersionNumber: 1, LatestVersionNumber: 3 })
    on.call('ec2:ModifyLaunchTemplate', { ...id, DefaultVersion: '2' })
    expect(versions(on).map((one: object) => Object.values(one).slice(2, 4))).toEqual([
      [3, new Date(on.now())],
      [2, new Date(on.now())],
      [1, 'first'],
    ])
    const numbers = (...wanted: string[]) =>
      versions(on, { ...id, Versions: wanted }).map(
        ({ VersionNumber: number }: { VersionNumber: number }) => number,
      )
    expect(numbers('$Latest')).toEqual([3])
    expect(numbers('$Default')).toEqual([2])
    expect(numbers('1', '$Default')).toEqual([2, 1])
  })

  it('never gives a number twice', () => {
    const on = stage()
    create(on)
    const add = () =>
      on.call('ec2:CreateLaunchTemplateVersion', {
        LaunchTemplateName: 'host',
        LaunchTemplateData: data,
      }).LaunchTemplateVersion.VersionNumber
    expect(add()).toBe(2)
    const removed = on.call('ec2:DeleteLaunchTemplateVersions', {
      LaunchTemplateName: 'host',
      Versions: ['1', '2', '7'],
    })
    expect(removed.SuccessfullyDeletedLaunchTemplateVersions).toMatchObject([{ VersionNumber: 2 }])
    expect(removed.UnsuccessfullyDeletedLaunchTemplateVersions).toMatchObject([
      { VersionNumber: 1, ResponseError: { Code: 'unexpectedError' } },
      { VersionNumber: 7, ResponseError: { Code: 'launchTemplateVersionDoesNotExist' } },
    ])
    expect(on.call('ec2:DescribeLaunchTemplates').LaunchTemplates[0].LatestVersionNumber).toBe(1)
    expect(add()).toBe(3)
  })

  it('is found by tag and filter, over all templates too, and is gone once deleted', () => {
    const on = stage()
    const tags = (value: string) => [
      { ResourceType: 'launch-template', Tags: [{ Key: 'team', Value: value }] },
    ]
    create(on, { TagSpecifications: tags('shop') })
    create(on, { LaunchTemplateName: 'other', TagSpecifications: tags('else') })
    const names = (input: Record<string, unknown>) =>
      on
        .call('ec2:DescribeLaunchTemplates', input)
        .LaunchTemplates.map((one: { LaunchTemplateName: string }) => one.LaunchTemplateName)
    expect(names({ Filters: [{ Name: 'tag:team', Values: ['shop'] }] })).toEqual(['host'])
    expect(names({ Filters: [{ Name: 'launch-template-name', Values: ['o*'] }] })).toEqual([
      'other',
    ])
    expect(versions(on, { Versions: ['$Latest', '$Default'] })).toHaveLength(2)
    const first = on.call('ec2:DescribeLaunchTemplates', { MaxResults: 1 })
    expect(names({ NextToken: first.NextToken })).toHaveLength(1)
    const listed = (type: string) =>
      on.call('tag:GetResources', { ResourceTypeFilters: [type] }).ResourceTagMappingList.length
    on.after(10)
    expect(listed('ec2:launch-template')).toBe(2)
    on.call('ec2:DeleteLaunchTemplate', { LaunchTemplateName: 'host' })
    on.after(10)
    expect(listed('ec2:launch-template')).toBe(1)
    expect(on.refusal('ec2:DescribeLaunchTemplates', { LaunchTemplateNames: ['host'] })).toBe(
      'InvalidLaunchTemplateName.NotFoundException: The specified launch template, with template name host, does not exist.',
    )
  })

  it('is made once for one client token', () => {
    const on = stage()
    const made = create(on, { ClientToken: 't' })
    expect(create(on, { ClientToken: 't' })).toEqual(made)
    expect(
      on.refusal('ec2:CreateLaunchTemplate', {
        LaunchTemplateName: 'host',
        LaunchTemplateData: { ImageId: 'ami-1' },
        ClientToken: 't',
      }),
    ).toMatch(/^IdempotentParameterMismatch/)
    const version = () =>
      on.call('ec2:CreateLaunchTemplateVersion', {
        LaunchTemplateName: 'host',
        LaunchTemplateData: data,
        ClientToken: 'v',
      }).LaunchTemplateVersion.VersionNumber
    expect([version(), version()]).toEqual([2, 2])
  })

  it('is refused as EC2 does', () => {
    const on = stage()
    create(on)
    const refused = (operation: string, input: Record<string, unknown>) =>
      on.refusal(`ec2:${operation}`, input).split(':')[0]
    const base = { LaunchTemplateName: 'other', LaunchTemplateData: data }
    expect(refused('CreateLaunchTemplate', { ...base, LaunchTemplateName: 'host' })).toBe(
      'InvalidLaunchTemplateName.AlreadyExistsException',
    )
    expect(refused('CreateLaunchTemplate', { ...base, LaunchTemplateName: 'a' })).toBe(
      'InvalidLaunchTemplateName.MalformedException',
    )
    expect(
      refused('CreateLaunchTemplate', { ...base, LaunchTemplateData: { UserData: '#!/bin/sh' } }),
    ).toBe('InvalidUserData.Malformed')
    expect(refused('CreateLaunchTemplate', { ...base, DryRun: true })).toBe('DryRunOperation')
    expect(refused('DescribeLaunchTemplates', { LaunchTemplateIds: ['lt-0123'] })).toBe(
      'InvalidLaunchTemplateId.NotFound',
    )
    expect(refused('DeleteLaunchTemplate', { LaunchTemplateId: 'host' })).toBe(
      'InvalidLaunchTemplateId.Malformed',
    )
    expect(refused('DeleteLaunchTemplate', {})).toBe('MissingParameter')
    expect(
      refused('ModifyLaunchTemplate', { LaunchTemplateName: 'host', DefaultVersion: '9' }),
    ).toBe('InvalidLaunchTemplateId.VersionNotFound')
    expect(refused('DescribeLaunchTemplateVersions', { Versions: ['1'] })).toBe('MissingParameter')
    expect(
      refused('DescribeLaunchTemplates', { Filters: [{ Name: 'colour', Values: ['red'] }] }),
    ).toBe('InvalidParameterValue')
  })
})
