/** The fields of a listener. Rests on CreateListener and ModifyListener. */
import type { Fields } from '../../diff.ts'
import { actionsField } from '../../kit/elb-parts.ts'

export const fields: Fields = {
  loadBalancerArn: { createOnly: 'a listener belongs to one load balancer' },
  protocol: {},
  port: {},
  // AWS's default moves with the years.
  sslPolicy: { computed: true },
  certificates: { fields: { certificateArn: {}, isDefault: { computed: true } } },
  defaultActions: actionsField,
  alpnPolicy: {},
  mutualAuthentication: {
    merge: true,
    fields: {
      mode: { default: 'off' },
      trustStoreArn: {},
      ignoreClientCertificateExpiry: { default: false },
    },
  },
}
