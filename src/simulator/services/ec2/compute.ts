/** EC2 launch templates, instances, and what can be launched. */
import type { ServiceHandlers } from '../../api.ts'
import { catalogueHandlers } from './catalogue.ts'
import { withDryRun } from './dry-run.ts'
import { instanceReadHandlers } from './instance-reads.ts'
import { instanceHandlers } from './instances.ts'
import { launchTemplateReadHandlers } from './launch-template-reads.ts'
import { launchTemplateHandlers } from './launch-templates.ts'

export const computeHandlers: ServiceHandlers = withDryRun({
  ...catalogueHandlers,
  ...instanceHandlers,
  ...instanceReadHandlers,
  ...launchTemplateHandlers,
  ...launchTemplateReadHandlers,
})
