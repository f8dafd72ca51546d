/** Terraform's AWS provider on a network of EC2: apply, an empty plan, an update, an empty plan, destroy. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { skipped } from './harness.ts'
import { region, type ServedForTest, serveForTest } from './simulated.ts'
import { type TerraformProject, terraformProject } from './terraform.ts'

const configuration = `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "${region}"
}

variable "name" { default = "base" }
variable "port" { default = 32768 }
variable "hostnames" { default = true }
data "aws_availability_zones" "all" {}
data "aws_vpc" "default" { default = true }
data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}
resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = var.hostnames
  tags                 = { Name = var.name }
}
resource "aws_subnet" "public" {
  count                   = 2
  vpc_id                  = aws_vpc.main.id
  cidr_block              = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  availability_zone       = data.aws_availability_zones.all.names[count.index]
  map_public_ip_on_launch = true
  tags                    = { Name = "\${var.name}-\${count.index}" }
}
resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = var.name }
}
resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
  tags = { Name = var.name }
}
resource "aws_route_table_association" "public" {
  count          = 2
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}
resource "aws_security_group" "hosts" {
  name        = "\${var.name}-hosts"
  description = "ECS hosts"
  vpc_id      = aws_vpc.main.id
  ingress {
    description = "dynamic host ports inside the VPC"
    from_port   = var.port
    to_port     = 65535
    protocol    = "tcp"
    cidr_blocks = [aws_vpc.main.cidr_block]
  }
  ingress {
    from_port = 0
    to_port   = 0
    protocol  = "-1"
    self      = true
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_security_group" "other" {
  name   = "\${var.name}-other"
  vpc_id = aws_vpc.main.id
}
resource "aws_vpc_security_group_ingress_rule" "http" {
  security_group_id            = aws_security_group.other.id
  referenced_security_group_id = aws_security_group.hosts.id
  from_port                    = 80
  to_port                      = 80
  ip_protocol                  = "tcp"
  tags = { Name = "http" }
}
resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id = aws_security_group.other.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}
`

describe.skipIf(skipped('terraform'))('Terraform and a network', () => {
  let simulated: ServedForTest
  let project: TerraformProject
  const update = { name: 'other', port: '1024', hostnames: 'false' }

  /** Nothing to do; what the plan would do is the message of the failure. */
  async function expectEmptyPlan(variables?: Record<string, string>) {
    const { code, stdout, stderr } = await project.plan(variables)
    expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' })
  }

  beforeAll(async () => {
    simulated = await serveForTest()
    project = await terraformProject(configuration, simulated.env)
  })

  afterAll(async () => {
    project?.remove()
    await simulated?.close()
    expect(simulated?.bugs ?? []).toEqual([])
  })

  it('applies', async () => {
    const said = await project.apply()
    expect(said).toContain('Apply complete! Resources: 11 added, 0 changed, 0 destroyed.')
  })

  it('finds nothing to do afterwards', () => expectEmptyPlan())

  it('updates, and finds nothing to do afterwards', async () => {
    await project.apply(update)
    await expectEmptyPlan(update)
  })

  it('destroys all of it', async () => {
    await project.destroy()
    expect(simulated.call('ec2:DescribeVpcs').Vpcs).toHaveLength(1)
    expect(simulated.call('ec2:DescribeSecurityGroups').SecurityGroups).toHaveLength(1)
  })
})
