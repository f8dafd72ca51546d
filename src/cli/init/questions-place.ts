/** The questions about a cluster and what it stands on: place, instances, network. */
import { architectureOf, hasGpu, isInstanceType } from '../../kit/instance-types.ts'
import { listed } from './place.ts'
import {
  block,
  ids,
  matching,
  named,
  onEc2,
  onFargate,
  type Question,
  type Said,
  whole,
} from './question.ts'

const newVpc = (said: Said) => !said.vpc
const typesOf = (said: Said) => listed(said['instance-types'])

function checkTypes(answer: string): string | undefined {
  const types = listed(answer)
  const odd = types.find((type) => !isInstanceType(type))
  if (types.length === 0 || odd !== undefined) {
    return `${odd ? `${odd} is no instance type: ` : ''}a family and a size, such as t3.medium`
  }
  const architectures = new Set(types.map(architectureOf))
  return architectures.size > 1 ? 'of one architecture, since one image runs on all' : undefined
}

/** AWS makes its oldest image for x86 without GPUs alone, and those with drivers for Arm of one family. */
function checkImage(ami: string, said: Said): string | undefined {
  const arm = architectureOf(typesOf(said)[0] ?? '') === 'arm64'
  const gpu = said.gpu === 'yes'
  const made = ami === 'Bottlerocket' || (ami === 'AmazonLinux' ? !arm && !gpu : !(arm && gpu))
  return made ? undefined : `not made for ${arm ? 'Arm' : 'x86'}${gpu ? ' with GPUs' : ''}`
}

/** GiB that the image takes itself. */
const imageSize = ({ ami }: Said) => ({ AmazonLinux: 22, Bottlerocket: 20 })[String(ami)] ?? 30

/** For the cluster and what it stands on. */
export const place: readonly Question[] = [
  {
    name: 'launch',
    message: 'What do tasks run on?',
    type: 'choice',
    choices: ['ec2', 'fargate'],
    meanings: {
      ec2: 'EC2 Linux + Networking: instances of the cluster',
      fargate: 'Networking only: AWS runs each task',
    },
    fallback: 'ec2',
  },
  {
    name: 'region',
    message: 'Region',
    type: 'text',
    fallback: 'us-east-1',
    check: matching(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'a region such as eu-central-1'),
  },
  { name: 'cluster', message: 'Name of the cluster', type: 'text', fallback: 'main', check: named },
  {
    name: 'container-insights',
    message: 'Container Insights (CloudWatch bills for it)',
    type: 'choice',
    choices: ['disabled', 'enabled', 'enhanced'],
    meanings: {
      disabled: 'what CloudWatch has anyway',
      enabled: 'metrics of the cluster and its services',
      enhanced: 'of each task and container, too',
    },
    fallback: 'disabled',
  },
]

export const instances: readonly Question[] = [
  {
    name: 'instance-types',
    message: 'Instance types, with commas between them',
    type: 'text',
    fallback: 't3.medium',
    when: onEc2,
    check: checkTypes,
  },
  {
    name: 'gpu',
    message: 'Take the image with drivers for their GPUs?',
    type: 'yes',
    fallback: 'yes',
    when: (said) => onEc2(said) && typesOf(said).some(hasGpu),
  },
  {
    name: 'purchase',
    message: 'How are they bought?',
    type: 'choice',
    choices: ['OnDemand', 'Spot', 'Mix'],
    meanings: {
      OnDemand: 'at the full price, and they stay',
      Spot: 'much cheaper, and AWS may take them back with two minutes’ notice',
      Mix: 'some of each',
    },
    fallback: 'OnDemand',
    when: onEc2,
  },
  {
    name: 'on-demand-base',
    message: 'How many are On-Demand before any is Spot?',
    type: 'number',
    fallback: '1',
    when: (said) => onEc2(said) && said.purchase === 'Mix',
    check: whole(0, 10_000),
  },
  {
    name: 'on-demand-percentage',
    message: 'And of those beyond that, how many percent?',
    type: 'number',
    fallback: '0',
    when: (said) => onEc2(said) && said.purchase === 'Mix',
    check: whole(0, 100),
  },
  {
    name: 'min',
    message: 'Number of instances, at least',
    type: 'number',
    fallback: '1',
    when: onEc2,
    check: whole(0, 10_000),
  },
  {
    name: 'max',
    message: 'Number of instances, at most',
    type: 'number',
    fallback: (said) => String(Math.max(3, Number(said.min))),
    when: onEc2,
    check: (answer, said) =>
      whole(1, 10_000)(answer) ??
      (Number(answer) < Number(said.min) ? `at least the fewest, ${said.min}` : undefined),
  },
  {
    name: 'ami',
    message: 'Machine image: always the newest that is made for ECS of',
    type: 'choice',
    choices: ['AmazonLinux2023', 'AmazonLinux2', 'AmazonLinux', 'Bottlerocket'],
    meanings: {
      AmazonLinux2023: 'the usual one',
      AmazonLinux2: 'supported until 30 June 2026',
      AmazonLinux: 'the first, supported until 31 December 2023',
      Bottlerocket: 'made for containers alone; set up with TOML',
    },
    fallback: 'AmazonLinux2023',
    when: onEc2,
    check: checkImage,
  },
  {
    name: 'volume-size',
    message: 'Size of each instance’s volume, GiB',
    type: 'number',
    fallback: '30',
    when: onEc2,
    check: (answer, said) => whole(imageSize(said), 16_384)(answer),
  },
  {
    name: 'volume-type',
    message: 'Type of the volume',
    type: 'choice',
    choices: ['gp3', 'gp2'],
    fallback: 'gp3',
    when: onEc2,
  },
  {
    name: 'instance-role',
    message: 'Role of the instances, by name (empty: a new one)',
    type: 'text',
    fallback: '',
    when: onEc2,
    check: matching(/^[\w+=,.@-]{0,64}$/, 'the name of a role'),
  },
  {
    name: 'key-pair',
    message: 'Key pair for SSH, by name (empty: none)',
    type: 'text',
    fallback: '',
    when: onEc2,
  },
  {
    name: 'user-data',
    message: 'File with further user data (empty: none)',
    type: 'text',
    value: 'file',
    fallback: '',
    when: onEc2,
  },
]

export const network: readonly Question[] = [
  {
    name: 'fargate-capacity',
    message: 'Which capacity do tasks take?',
    type: 'choice',
    choices: ['FARGATE', 'FARGATE_SPOT', 'both'],
    meanings: {
      FARGATE: 'at the full price, and tasks stay',
      FARGATE_SPOT: 'cheaper, and AWS may stop tasks with two minutes’ notice',
      both: 'one task that stays, then three of four on spare capacity',
    },
    fallback: 'FARGATE',
    when: onFargate,
  },
  {
    name: 'vpc',
    message: 'VPC that exists, by id (empty: a new one)',
    type: 'text',
    value: 'id',
    fallback: '',
    check: (answer) => (answer === '' ? undefined : ids('vpc')(answer)),
  },
  {
    name: 'cidr-block',
    message: 'Addresses of the new VPC (CIDR block)',
    type: 'text',
    fallback: '10.0.0.0/16',
    when: newVpc,
    check: block(16, 28, 'a block from /16 to /28, such as 10.0.0.0/16'),
  },
  {
    name: 'zones',
    message: 'In how many availability zones?',
    type: 'number',
    fallback: '2',
    when: newVpc,
    check: whole(1, 6),
  },
  {
    name: 'subnet',
    message: 'Subnet in that VPC, by id',
    type: 'list',
    value: 'id',
    fallback: '',
    least: 1,
    when: (said) => !newVpc(said),
    check: ids('subnet'),
  },
]
