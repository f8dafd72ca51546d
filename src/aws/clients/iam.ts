/** The operations of `iam` that fairlead sends; named one by one, so that the bundle holds no others. */
import { GetRoleCommand, IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam'

export const Client = IAMClient

export const commands = {
  GetRole: GetRoleCommand,
  SimulatePrincipalPolicy: SimulatePrincipalPolicyCommand,
}
