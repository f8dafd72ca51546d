/** Promise: AWS's words for a failure lead to its cause, equal failures are counted together, and only real ones count. */
import { describe, expect, test } from 'vitest'
import type { Cause } from '../../../src/kinds/service/why/causes.ts'
import { groupsOf } from '../../../src/kinds/service/why/groups.ts'
import { definition, event, evidence, minute, startedMs, stopped } from './why-support.ts'

const failedToStart: readonly (readonly [Cause, string])[] = [
  [
    'ImageNotFound',
    'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref docker.io/library/nginx:1.28: not found',
  ],
  [
    'ImageNotFound',
    'CannotPullContainerError: Error response from daemon: manifest for nginx:1.28 not found: manifest unknown: Requested image not found',
  ],
  [
    'ImagePullDenied',
    "CannotPullContainerError: Error response from daemon: pull access denied for shop/web, repository does not exist or may require 'docker login'",
  ],
  [
    'ImagePullDenied',
    'CannotPullECRContainerError: AccessDeniedException: User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: ecr:GetAuthorizationToken on resource: *',
  ],
  [
    'ImagePullDenied',
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: AccessDeniedException: not authorized to perform: ecr:GetAuthorizationToken',
  ],
  [
    'ImagePullLimited',
    'CannotPullContainerError: inspect image has been retried 5 time(s): httpReadSeeker: failed open: unexpected status code 429 Too Many Requests - toomanyrequests: You have reached your pull rate limit.',
  ],
  [
    'ImagePlatform',
    "CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64'",
  ],
  [
    'RegistryUnreachable',
    'CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://registry-1.docker.io/v2/": dial tcp 3.94.224.37:443: i/o timeout',
  ],
  [
    'DiskFull',
    'CannotPullContainerError: failed to register layer: write /usr/lib/x: no space left on device',
  ],
  [
    'MissingSecret',
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: failed to fetch secret arn:aws:secretsmanager:eu-central-1:123456789012:secret:db from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
  ],
  [
    'MissingSecret',
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: invalid parameters: /shop/db',
  ],
  [
    'MissingSecret',
    'Fetching secret data from SSM Parameter Store in eu-central-1: invalid parameters: /shop/db',
  ],
  [
    'SecretDenied',
    'Fetching secret data from AWS Secrets Manager in region eu-central-1: secret arn:aws:secretsmanager:eu-central-1:1:secret:db: AccessDeniedException: User is not authorized to perform: secretsmanager:GetSecretValue',
  ],
  [
    'RoleNotAssumable',
    "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/web' that was provided for this task.",
  ],
  [
    'LogGroupMissing',
    'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1',
  ],
  [
    'LogDenied',
    'CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: AccessDeniedException: not authorized to perform: logs:CreateLogStream',
  ],
  [
    'EndpointUnreachable',
    'ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: There is a connection issue between the task and AWS Secrets Manager. Check your task network configuration. RequestCanceled: context deadline exceeded',
  ],
  [
    'CommandNotFound',
    'CannotStartContainerError: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "serve": executable file not found in $PATH: unknown',
  ],
  [
    'PortConflict',
    'CannotStartContainerError: Error response from daemon: driver failed programming external connectivity on endpoint: Bind for 0.0.0.0:80 failed: port is already allocated',
  ],
  ['NetworkInterface', 'Timeout waiting for network interface provisioning to complete.'],
  [
    'NetworkInterface',
    "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet 'subnet-1': InsufficientFreeAddressesInSubnet",
  ],
  [
    'VolumeFailed',
    'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve "fs-1.efs.eu-central-1.amazonaws.com"',
  ],
  [
    'RuntimeTimeout',
    'DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s',
  ],
  [
    'NoCapacity',
    'Capacity is unavailable at this time. Please try again later or in a different availability zone',
  ],
  ['Unknown', 'something that nobody has seen yet'],
]

describe('a task that did not start', () => {
  test.each(failedToStart)('%s: %s', (cause, text) => {
    const [group] = groupsOf(evidence({ tasks: [stopped('TaskFailedToStart', text)] }))
    expect(group).toMatchObject({ cause, count: 1, capacity: cause === 'NoCapacity' })
  })

  test('the container whose image it is about is named, and the text of a container goes first', () => {
    const [byImage] = groupsOf(
      evidence({
        tasks: [stopped('TaskFailedToStart', 'CannotPullContainerError: envoy:1: not found')],
      }),
    )
    expect(byImage).toMatchObject({ container: 'sidecar' })
    const own = [
      { name: 'web' },
      {
        name: 'sidecar',
        reason: 'CannotStartContainerError: exec: "x": executable file not found in $PATH',
      },
    ]
    const [byReason] = groupsOf(
      evidence({ tasks: [stopped('TaskFailedToStart', 'Task failed to start', own)] }),
    )
    expect(byReason).toMatchObject({ cause: 'CommandNotFound', container: 'sidecar' })
  })
})

const ended = (...containers: Parameters<typeof stopped>[2] & object[]) =>
  stopped('EssentialContainerExited', 'Essential container in task exited', containers)

describe('a task whose container ended', () => {
  test('ids and times do not keep equal failures apart; other containers and codes do', () => {
    const reason = (id: string) =>
      `CannotPullContainerError: task ${id.repeat(32)} at 2026-03-01T10:0${id}:00Z has been retried ${id} time(s): not found`
    const groups = groupsOf(
      evidence({
        tasks: [
          stopped('TaskFailedToStart', reason('1')),
          stopped('TaskFailedToStart', reason('2')),
          ended({ name: 'web', exitCode: 1 }),
          ended({ name: 'web', exitCode: 2 }),
          ended({ name: 'web', exitCode: 1 }),
          ended({ name: 'web', exitCode: 1 }),
        ],
      }),
    )
    expect(groups.map(({ cause, exitCode, count }) => [cause, exitCode, count])).toEqual([
      ['EssentialContainerExited', 1, 3],
      ['ImageNotFound', undefined, 2],
      ['EssentialContainerExited', 2, 1],
    ])
    expect(groups[0]?.tasks).toHaveLength(3)
    expect(groups[0]?.lastMs).toBeGreaterThan(groups[0]?.firstMs ?? 0)
  })

  test('what ECS stopped with it is not blamed, nor a container that is not essential', () => {
    const [group] = groupsOf(
      evidence({
        tasks: [
          ended(
            { name: 'sidecar', exitCode: 9 },
            { name: 'proxy', exitCode: 143 },
            { name: 'web', exitCode: 2 },
          ),
        ],
      }),
    )
    expect(group).toMatchObject({ container: 'web', exitCode: 2 })
  })

  test('memory is to blame wherever it is said', () => {
    const reason = 'OutOfMemoryError: Container killed due to memory usage'
    const [group] = groupsOf(evidence({ tasks: [ended({ name: 'web', exitCode: 137, reason })] }))
    expect(group).toMatchObject({ cause: 'OutOfMemory', container: 'web', exitCode: 137 })
  })
})

describe('what counts for stopping a roll-out early', () => {
  test.each([
    ['SpotInterruption', 'SpotInterruption', 'Your Spot Task was interrupted.', true],
    [
      'TerminationNotice',
      'InstanceTerminated',
      'Host EC2 (instance i-0123456789abcdef0) terminated.',
      true,
    ],
    ['', 'InstanceTerminated', 'Host EC2 (instance i-0123456789abcdef0) stopped.', true],
    ['UserInitiated', 'StoppedByHand', 'Task stopped by user', true],
    [
      'UserInitiated',
      'InstanceTerminated',
      'Container instance deregistration forced by user',
      true,
    ],
    [
      'ServiceSchedulerInitiated',
      'ContainerHealthCheck',
      'Task failed container health checks',
      false,
    ],
    [
      'ServiceSchedulerInitiated',
      'TargetHealthCheck',
      'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/web/1)',
      false,
    ],
  ])('%s → %s', (stopCode, cause, text, capacity) => {
    const [group] = groupsOf(evidence({ tasks: [stopped(stopCode, text)] }))
    expect(group).toMatchObject({ cause, capacity })
  })

  test('tasks that had to go for scaling are no failures', () => {
    const text = 'Scaling activity initiated by (deployment ecs-svc/1234)'
    expect(groupsOf(evidence({ tasks: [stopped('ServiceSchedulerInitiated', text)] }))).toEqual([])
  })

  test('what is rolled out goes before the lack of room, and that before what people did', () => {
    const groups = groupsOf(
      evidence({
        tasks: [
          stopped('UserInitiated', 'Task stopped by user'),
          ended({ name: 'web', exitCode: 1 }),
        ],
        events: [event(placement('has insufficient memory available.'))],
      }),
    )
    expect(groups.map(({ cause }) => cause)).toEqual([
      'EssentialContainerExited',
      'NoCapacity',
      'StoppedByHand',
    ])
  })
})

const placement = (lack: string) =>
  `was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 0123456789abcdef0123456789abcdef) ${lack} For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`

describe('events', () => {
  test.each<[Cause, string]>([
    ['NoCapacity', placement('has insufficient memory available.')],
    ['NoCapacity', placement('has insufficient CPU units available.')],
    ['PortConflict', placement('is already using a port required by your task.')],
    ['MissingAttribute', placement('is missing an attribute required by your task.')],
    ['AgentDisconnected', placement('encountered error "AGENT".')],
    ['PlacementConstraint', placement('encountered error "memberOf constraint unsatisfied.".')],
    [
      'NoInstances',
      'was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster.',
    ],
    [
      'NoCapacity',
      'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.',
    ],
    [
      'DeploymentStuck',
      'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
    ],
  ])('%s', (cause, message) => {
    const [group] = groupsOf(evidence({ events: [event(message)] }))
    expect(group).toMatchObject({ cause, capacity: true, count: 1 })
    expect(group?.reason).not.toMatch(/0123456789abcdef|Troubleshooting/)
  })

  test('a role that ECS cannot assume', () => {
    const message =
      "failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::1:role/web' that was provided for this task.)."
    expect(groupsOf(evidence({ events: [event(message)] }))).toMatchObject([
      { cause: 'RoleNotAssumable', capacity: false },
    ])
  })

  test('a task that found room after all is forgotten', () => {
    const events = [
      event('has started 1 tasks: (task a).', 60),
      event(placement('has insufficient memory available.'), 30),
    ]
    expect(groupsOf(evidence({ events }))).toEqual([])
  })

  test('news of tasks of another deployment, and of those whose end is known, are left out', () => {
    const task = stopped('ServiceSchedulerInitiated', 'Task failed container health checks')
    const events = [
      event(`(task ${task.id}) failed container health checks.`),
      event('(task fresh) failed container health checks.'),
      event('(task old) failed container health checks.'),
      event(`has started 2 tasks: (task ${task.id}) (task fresh).`, 10),
    ]
    const [group] = groupsOf(evidence({ tasks: [task], events }))
    expect(group).toMatchObject({ cause: 'ContainerHealthCheck', count: 2 })
    expect(group?.tasks).not.toContain('old')
  })

  test('checks within the grace of a service count against nothing', () => {
    const events = [
      event('(task a) failed container health checks.', 100),
      event('has started 1 tasks: (task a).', 0),
    ]
    const within = (graceMs: number) => groupsOf(evidence({ events, graceMs }))[0]?.capacity
    expect([within(0), within(30_000), within(60_000)]).toEqual([false, false, true])
  })

  test('targets that are unhealthy by now are told, and count for nothing yet', () => {
    const target = { group: 'web', arn: 'x', address: '10.0.0.1:80', state: 'unhealthy' }
    const targets = [{ ...target, reason: 'Target.Timeout', description: 'Request timed out' }]
    expect(groupsOf(evidence({ targets }))).toMatchObject([
      { cause: 'TargetHealthCheck', capacity: true, reason: 'Request timed out' },
    ])
  })

  test('why a target is unhealthy is in an event, not in the end of its task', () => {
    const arn = 'arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/front/1'
    const task = stopped(
      'ServiceSchedulerInitiated',
      `Task failed ELB health checks in (target-group ${arn})`,
    )
    const message = `(task ${task.id}) (port 8080) is unhealthy in (target-group ${arn}) due to (reason Health checks failed with these codes: [502]).`
    const balancers = [{ arn, container: 'web', port: 8080 }]
    expect(
      groupsOf(evidence({ tasks: [task], events: [event(message)], balancers })),
    ).toMatchObject([
      {
        cause: 'TargetHealthCheck',
        container: 'web',
        target: 'front',
        count: 1,
        reason: 'Health checks failed with these codes: [502]',
      },
    ])
  })
})

describe('the deployment as a whole', () => {
  const failing = evidence().failing

  test('an alarm and a hook go before all that happened to tasks', () => {
    const tasks = [ended({ name: 'web', exitCode: 1 }), ended({ name: 'web', exitCode: 1 })]
    const alarm = { ...failing, status: 'ROLLBACK_SUCCESSFUL', alarms: ['errors'] }
    expect(groupsOf(evidence({ tasks, failing: alarm }))[0]?.cause).toBe('AlarmFired')
    const hook = { ...failing, hooks: [{ name: 'smoke-test', status: 'FAILED' }] }
    expect(groupsOf(evidence({ tasks, failing: hook }))[0]?.cause).toBe('HookFailed')
  })

  test('the circuit breaker is no person', () => {
    const status = 'STOP_REQUESTED'
    const reason = 'ECS deployment circuit breaker: tasks failed to start.'
    expect(groupsOf(evidence({ failing: { ...failing, status, reason } }))).toEqual([])
    const asked = { ...failing, status, reason: 'Stopped by user' }
    expect(groupsOf(evidence({ failing: asked }))[0]?.cause).toBe('StoppedByHand')
  })

  test('tasks that run and are never healthy, after a while', () => {
    const counts = { desired: 2, running: 2, pending: 0, failed: 0 }
    const waited = (minutes: number) =>
      groupsOf(evidence({ counts, atMs: startedMs + minutes * minute }))
    expect(waited(9)).toEqual([])
    expect(waited(11)).toMatchObject([{ cause: 'NeverHealthy' }])
  })

  test('tasks that wait where no instance has room', () => {
    const counts = { desired: 2, running: 0, pending: 2, failed: 0 }
    const instance = {
      name: 'i-1',
      id: 'a',
      type: 't3.small',
      zone: 'eu-central-1a',
      status: 'ACTIVE',
      agentConnected: true,
      capacityProvider: 'hosts',
      cpu: 2048,
      memory: 256,
      ports: [],
      attributes: [],
    }
    const waiting = (memory: number, strategy = ['hosts']) =>
      groupsOf(evidence({ counts, strategy, instances: [{ ...instance, memory }] }))
    // 256 and 64 MiB are asked for.
    expect(waiting(319)).toMatchObject([{ cause: 'NoCapacity', capacity: true }])
    expect(waiting(320)).toEqual([])
    expect(waiting(320, ['others'])).toMatchObject([{ cause: 'NoInstances' }])
  })
})

test('a definition that could not be read costs names, not the cause', () => {
  const { definition: _, ...rest } = evidence({ tasks: [ended({ name: 'web', exitCode: 3 })] })
  expect(groupsOf(rest)).toMatchObject([{ container: 'web', exitCode: 3 }])
  expect(definition.containerDefinitions).toHaveLength(2)
})
