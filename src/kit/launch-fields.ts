/** How fields are compared by which tasks are launched; where a change deploys, see the kind Service. */
import type { Field } from '../diff.ts'

export const awsvpcNetwork: Field = {
  fields: {
    awsvpcConfiguration: {
      fields: {
        subnets: { list: 'set' },
        securityGroups: { list: 'set' },
        assignPublicIp: { default: 'DISABLED' },
      },
    },
  },
}

export const providerStrategy: Field = {
  key: (item) => String(item.capacityProvider),
  fields: { capacityProvider: {}, weight: { default: 0 }, base: { default: 0 } },
}
