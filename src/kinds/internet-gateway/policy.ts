/** The fields of an internet gateway. Rests on AttachInternetGateway in the Amazon EC2 API reference. */
import type { Fields } from '../../diff.ts'

/** Where it is attached. Left out in Git, whoever attached it owns that. */
export const fields: Fields = { vpcId: { computed: true } }
