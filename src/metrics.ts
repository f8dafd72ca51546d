/** Every metric's name, help and labels. Base units; prefix `fairlead_`. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const minutes = [5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600]

export type Metrics = ReturnType<typeof createMetrics>

export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  return {
    registry,
    passes: new Counter({
      name: 'fairlead_passes_total',
      help: 'Passes from source to status, by result: ok, failed or stopped.',
      labelNames: ['environment', 'result'] as const,
      registers,
    }),
    passDuration: new Histogram({
      name: 'fairlead_pass_duration_seconds',
      help: 'Time that each stage of a pass took.',
      labelNames: ['environment', 'stage'] as const,
      buckets: seconds,
      registers,
    }),
    queueDepth: new Gauge({
      name: 'fairlead_queue_depth',
      help: 'Calls that are planned and not yet sent.',
      registers,
    }),
    awsCalls: new Counter({
      name: 'fairlead_aws_calls_total',
      help: 'AWS calls by operation and outcome: ok or the class of the failure.',
      labelNames: ['operation', 'outcome'] as const,
      registers,
    }),
    awsCallDuration: new Histogram({
      name: 'fairlead_aws_call_duration_seconds',
      help: 'Time from sending an AWS call to its answer.',
      labelNames: ['operation'] as const,
      buckets: seconds,
      registers,
    }),
    awsThrottleWait: new Histogram({
      name: 'fairlead_aws_throttle_wait_seconds',
      help: 'Time that calls waited for their share of the AWS request budget.',
      buckets: seconds,
      registers,
    }),
    resourceReady: new Gauge({
      name: 'fairlead_resource_ready',
      help: 'Whether a resource is Ready (1) or not (0).',
      labelNames: ['namespace', 'kind', 'name'] as const,
      registers,
    }),
    resourceProgress: new Gauge({
      name: 'fairlead_resource_progress',
      help: 'Numbers of a resource: running, pending, desired and failed tasks of a service, while it rolls out its targets and how many are healthy, and the like.',
      labelNames: ['namespace', 'kind', 'name', 'count'] as const,
      registers,
    }),
    instances: new Gauge({
      name: 'fairlead_container_instances',
      help: 'Container instances of a cluster, by status and whether the agent is connected.',
      labelNames: ['namespace', 'cluster', 'status', 'agent'] as const,
      registers,
    }),
    driftDetected: new Counter({
      name: 'fairlead_drift_detected_total',
      help: 'Resources found to differ from Git though their manifest had not changed.',
      labelNames: ['kind'] as const,
      registers,
    }),
    changes: new Counter({
      name: 'fairlead_changes_total',
      help: 'Changes by verdict and outcome of their last call.',
      labelNames: ['kind', 'verdict', 'outcome'] as const,
      registers,
    }),
    sourceRevision: new Gauge({
      name: 'fairlead_source_revision_info',
      help: 'The revision that is being kept; the value is always 1.',
      labelNames: ['revision'] as const,
      registers,
    }),
    sourceProblems: new Gauge({
      name: 'fairlead_source_problems',
      help: 'Errors in the source or its manifests that stop an environment.',
      registers,
    }),
    lastSync: new Gauge({
      name: 'fairlead_last_sync_timestamp_seconds',
      help: 'When a pass last found everything as Git says, in seconds since the epoch.',
      labelNames: ['environment'] as const,
      registers,
    }),
    commitToLive: new Histogram({
      name: 'fairlead_commit_to_live_seconds',
      help: 'Time from a change in Git to the resource being Ready on it.',
      labelNames: ['kind'] as const,
      buckets: minutes,
      registers,
    }),
    rollouts: new Counter({
      name: 'fairlead_rollouts_total',
      help: 'Deployments that ended, by result.',
      labelNames: ['result'] as const,
      registers,
    }),
    taskStart: new Histogram({
      name: 'fairlead_task_start_seconds',
      help: 'Time from a task being asked for to its containers running.',
      labelNames: ['environment', 'launch_type'] as const,
      buckets: [1, 2.5, 5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600],
      registers,
    }),
    leader: new Gauge({
      name: 'fairlead_leader',
      help: 'Whether this process writes (1) or only watches (0).',
      registers,
    }),
    buildInfo: new Gauge({
      name: 'fairlead_build_info',
      help: 'Version of fairlead and of Node.js; the value is always 1.',
      labelNames: ['version', 'node'] as const,
      registers,
    }),
    bugs: new Counter({
      name: 'fairlead_bugs_total',
      help: 'Passes abandoned because of an error in fairlead itself.',
      registers,
    }),
  }
}
