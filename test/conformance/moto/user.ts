/** Users of moto's IAM: whose calls are judged by what they are allowed. */
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export interface Users {
  create(name: string): Promise<Credentials>
  /** From now on the user may do what these statements say, and nothing else. */
  allow(name: string, statements: readonly object[]): Promise<void>
}

export function usersOf(url: string, credentials: Credentials): Users {
  const client = new IAMClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 })
  return {
    async create(UserName) {
      await client.send(new CreateUserCommand({ UserName }))
      const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName }))
      return {
        accessKeyId: AccessKey?.AccessKeyId ?? '',
        secretAccessKey: AccessKey?.SecretAccessKey ?? '',
      }
    },
    async allow(UserName, statements) {
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements })
      await client.send(
        new PutUserPolicyCommand({ UserName, PolicyName: 'permissions', PolicyDocument }),
      )
    },
  }
}
