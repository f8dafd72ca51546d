/** EC2 launch templates and instances. */
import type { ServiceHandlers } from '../../api.ts'
import { launchTemplateReadHandlers } from './launch-template-reads.ts'
import { launchTemplateHandlers } from './launch-templates.ts'

export const computeHandlers: ServiceHandlers = {
  ...launchTemplateHandlers,
  ...launchTemplateReadHandlers,
}
