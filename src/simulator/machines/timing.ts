/** How long things take in the simulated AWS, milliseconds; ranges are drawn from the seed. */

/** Between a change and the scheduler's next look at the service. */
export const reactionMs = 1_000

/** Fargate: network and micro-VM, then the image. Together 20 to 40 s. */
export const fargate = { provision: [8_000, 14_000], pull: [12_000, 26_000] } as const

/** A container instance: network interface (awsvpc only), then the image. 2 to 8 s without an interface. */
export const instance = { provision: [3_000, 6_000], pull: [2_000, 8_000] } as const

/** Before registration in several target groups or a service registry is through. */
export const activateMs = 5_000

/** Until an order to stop has reached the agent. */
export const agentMs = 500

/** A container that minds SIGTERM. */
export const stop = [1_500, 2_500] as const

/** Detaching a network interface. */
export const deprovision = [4_000, 8_000] as const

/** Stopped tasks stay describable for this long. */
export const stoppedTaskMs = 3_600_000

/** INACTIVE services stay describable for this long; AWS publishes no number. */
export const inactiveServiceMs = 6 * 3_600_000

/** A task without any health check counts as healthy after this long in RUNNING. */
export const healthyWithoutChecksMs = 40_000

/** A stage of a deployment that shifts traffic, where there is nothing else to wait for. */
export const stageMs = 3_000

/** No stage lasts longer. */
export const stageLimitMs = 24 * 3_600_000

/** Until the function behind a lifecycle hook has answered. */
export const hookMs = 1_000

/** A hook without a timeout of its own. */
export const hookTimeoutMinutes = 1_440

/** How long alarms are watched after a rolling deployment; AWS says that it is less than five minutes. */
export const alarmBakeMs = 240_000

/** Load balancer defaults: 5 checks, 30 s apart, until healthy; 2 until unhealthy; 300 s of draining. */
export const target = { healthyMs: 150_000, unhealthyMs: 60_000, drainMs: 300_000 } as const

/** Default `startTimeout` that a dependency gets, and default `stopTimeout`. */
export const startTimeoutMs = 180_000
export const stopTimeoutMs = 30_000

/** Retries of tasks that never reach RUNNING: doubling from the first to the last. */
export const retry = { firstMs: 5_000, lastMs: 900_000 } as const

/** A task that no instance takes: looked at again, and counted as a failed task, once in this time. */
export const placementRetryMs = 60_000

/** The same event is not written twice within this time; a steady state is written again after it. */
export const repeatEventMs = 6 * 3_600_000

/** A container instance from boot to registration. */
export const boot = [2_000, 10_000] as const

/** An EC2 instance: pending, then running; its agent registers a while later. */
export const host = {
  pending: [3_000, 8_000],
  agent: [10_000, 20_000],
  stopping: [8_000, 15_000],
  shuttingDown: [5_000, 15_000],
} as const

/** Terminated instances, and container instances that were deregistered, stay describable for this long. */
export const terminatedHostMs = 3_600_000

/** An agent that cannot register tries again, at doubling intervals, and at last gives up. */
export const agentRetry = { firstMs: 3_000, lastMs: 192_000, giveUpMs: 3_600_000 } as const

/** From the notice to the end of a Spot instance. */
export const spotNoticeMs = 120_000

/** Each phase of an agent's update. */
export const agentUpdateMs = 15_000

/** A group whose launch failed tries again, at doubling intervals. */
export const groupRetry = { firstMs: 15_000, lastMs: 300_000 } as const

/** How often a draining instance is looked at, and how long its termination waits at most. */
export const drainPollMs = 10_000
export const managedDrainMs = 48 * 3_600_000

/** An instance refresh that makes no headway fails after this long. */
export const refreshStuckMs = 3_600_000

/** Managed scaling looks at its metric once in this time, and shrinks after so many looks in a row. */
export const scaling = { everyMs: 60_000, lowMinutes: 15 } as const

/** Target tracking: minutes in a row above the target, and below this share of it, until it acts. */
export const tracking = { highMinutes: 3, lowMinutes: 15, lowShare: 0.9 } as const
