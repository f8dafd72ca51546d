/** DryRun: every operation of EC2 can be asked whether it would succeed. */
import { AwsError, type Handler, type ServiceHandlers } from '../../api.ts'

/** The operations, which with `DryRun` try themselves on a copy of the world and end in DryRunOperation. */
export function withDryRun(handlers: ServiceHandlers): ServiceHandlers {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]): [string, Handler] => [
      name,
      (input, context) => {
        if (!input.DryRun) return handler(input, context)
        const { DryRun: _, ...wet } = input
        handler(wet, { ...context, world: structuredClone(context.world) })
        throw new AwsError(
          'DryRunOperation',
          'Request would have succeeded, but DryRun flag is set.',
          412,
        )
      },
    ]),
  )
}
