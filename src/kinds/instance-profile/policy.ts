/** The fields of an instance profile. Rests on CreateInstanceProfile in the AWS IAM API reference. */
import type { Fields } from '../../diff.ts'

export const fields: Fields = {
  path: { default: '/', createOnly: 'the path of an instance profile is part of its ARN for good' },
  roles: { list: 'set' },
}
