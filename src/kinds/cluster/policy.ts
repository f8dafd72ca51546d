/**
 * The fields of a cluster. None runs tasks anew. Rests on CreateCluster, UpdateCluster and
 * PutClusterCapacityProviders in the Amazon ECS API reference.
 */
import { type Field, type Fields, isHole } from '../../diff.ts'

const plain: Field = {}

/** AWS takes a namespace's name and gives its ARN back: from here the two cannot be told apart. */
const namespaceAlike: Field['alike'] = (want, live) =>
  !String(want).startsWith('arn:') && String(live).startsWith('arn:')

/** What UpdateCluster sets. */
export const updatable: Fields = {
  // What Git does not name is the account's default.
  settings: {
    computed: true,
    key: (item) => String(item.name),
    value: 'value',
    fields: { name: plain, value: plain },
  },
  configuration: {
    merge: true,
    fields: {
      executeCommandConfiguration: {
        merge: true,
        fields: {
          kmsKeyId: plain,
          logging: { default: 'DEFAULT' },
          logConfiguration: {
            merge: true,
            fields: {
              cloudWatchLogGroupName: plain,
              cloudWatchEncryptionEnabled: { default: false },
              s3BucketName: plain,
              s3EncryptionEnabled: { default: false },
              s3KeyPrefix: plain,
            },
          },
        },
      },
      managedStorageConfiguration: {
        merge: true,
        fields: { kmsKeyId: plain, fargateEphemeralStorageKmsKeyId: plain },
      },
    },
  },
  serviceConnectDefaults: { merge: true, fields: { namespace: { alike: namespaceAlike } } },
}

/** What PutClusterCapacityProviders sets, both at once. */
export const capacity: Fields = {
  capacityProviders: { list: 'set' },
  defaultCapacityProviderStrategy: {
    key: ({ capacityProvider: name }) => (isHole(name) ? name.$hole.key : String(name)),
    fields: { capacityProvider: plain, weight: { default: 0 }, base: { default: 0 } },
  },
}

export const fields: Fields = { ...updatable, ...capacity }
