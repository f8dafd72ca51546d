/** The operations of `ec2` that fairlead sends; named one by one, so that the bundle holds no others. */
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateTagsCommand,
  DeleteLaunchTemplateCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
  ModifyLaunchTemplateCommand,
} from '@aws-sdk/client-ec2'

export const Client = EC2Client

export const commands = {
  CreateLaunchTemplate: CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersion: CreateLaunchTemplateVersionCommand,
  CreateTags: CreateTagsCommand,
  DeleteLaunchTemplate: DeleteLaunchTemplateCommand,
  DescribeLaunchTemplateVersions: DescribeLaunchTemplateVersionsCommand,
  DescribeLaunchTemplates: DescribeLaunchTemplatesCommand,
  ModifyLaunchTemplate: ModifyLaunchTemplateCommand,
}
