/** The operations of `secretsmanager` that fairlead sends; named one by one, so that the bundle holds no others. */
import {
  DescribeSecretCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'

export const Client = SecretsManagerClient

export const commands = {
  DescribeSecret: DescribeSecretCommand,
  ListSecrets: ListSecretsCommand,
}
