/** Terraform's AWS provider builds a cluster on EC2 in the served simulator: network, role, launch template, group, capacity provider. */
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

variable "instance_type" { default = "m5.large" }
variable "target" { default = 100 }

locals {
  azs = ["${region}a", "${region}b"]
}

data "aws_ssm_parameter" "image" {
  name = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
}

resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "shop" }
}

resource "aws_subnet" "public" {
  count                   = 2
  vpc_id                  = aws_vpc.main.id
  cidr_block              = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  availability_zone       = local.azs[count.index]
  map_public_ip_on_launch = true
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
}

resource "aws_route_table_association" "public" {
  count          = 2
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_security_group" "hosts" {
  name   = "hosts"
  vpc_id = aws_vpc.main.id
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_iam_role" "host" {
  name = "host"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "host" {
  role       = aws_iam_role.host.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
}

resource "aws_iam_instance_profile" "host" {
  name = "host"
  role = aws_iam_role.host.name
}

resource "aws_launch_template" "host" {
  name                   = "host"
  image_id               = data.aws_ssm_parameter.image.value
  instance_type          = var.instance_type
  vpc_security_group_ids = [aws_security_group.hosts.id]
  iam_instance_profile {
    arn = aws_iam_instance_profile.host.arn
  }
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size = 40
      volume_type = "gp3"
    }
  }
  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "host" }
  }
  user_data = base64encode("#!/bin/sh\\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config\\n")
  tags      = { team = "shop" }
}

resource "aws_autoscaling_group" "hosts" {
  name                = "hosts"
  min_size            = 2
  max_size            = 10
  vpc_zone_identifier = aws_subnet.public[*].id
  enabled_metrics     = ["GroupDesiredCapacity"]
  launch_template {
    id      = aws_launch_template.host.id
    version = aws_launch_template.host.latest_version
  }
  instance_refresh {
    strategy = "Rolling"
    preferences {
      min_healthy_percentage       = 50
      scale_in_protected_instances = "Refresh"
    }
  }
  tag {
    key                 = "AmazonECSManaged"
    value               = ""
    propagate_at_launch = true
  }
  depends_on = [aws_route_table_association.public, aws_iam_role_policy_attachment.host]
  lifecycle {
    ignore_changes = [desired_capacity]
  }
}

# Nothing of it runs: what counts is that it reads back as it was written.
resource "aws_autoscaling_group" "mixed" {
  name                  = "mixed"
  min_size              = 0
  max_size              = 4
  vpc_zone_identifier   = aws_subnet.public[*].id
  protect_from_scale_in = true
  termination_policies  = ["OldestInstance", "Default"]
  suspended_processes   = ["AZRebalance"]
  mixed_instances_policy {
    instances_distribution {
      on_demand_base_capacity                  = 1
      on_demand_percentage_above_base_capacity = 25
      spot_allocation_strategy                 = "capacity-optimized"
    }
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.host.id
        version            = "$Latest"
      }
      override { instance_type = "m5.large" }
      override { instance_type = "c5.large" }
    }
  }
}

resource "aws_ecs_capacity_provider" "hosts" {
  name = "hosts"
  auto_scaling_group_provider {
    auto_scaling_group_arn         = aws_autoscaling_group.hosts.arn
    managed_termination_protection = "DISABLED"
    managed_draining               = "ENABLED"
    managed_scaling {
      status                    = "ENABLED"
      target_capacity           = var.target
      minimum_scaling_step_size = 1
      maximum_scaling_step_size = 10
    }
  }
  tags = { team = "shop" }
}

resource "aws_ecs_cluster" "main" {
  name = "shop"
}

resource "aws_ecs_cluster_capacity_providers" "main" {
  cluster_name       = aws_ecs_cluster.main.name
  capacity_providers = [aws_ecs_capacity_provider.hosts.name]
  default_capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.hosts.name
    weight            = 1
  }
}

resource "aws_ecs_task_definition" "web" {
  family                   = "web"
  network_mode             = "bridge"
  requires_compatibilities = ["EC2"]
  container_definitions = jsonencode([
    { name = "app", image = "nginx:1.27", cpu = 128, memory = 3000, portMappings = [{ containerPort = 80 }] },
  ])
}

resource "aws_ecs_service" "web" {
  name                  = "web"
  cluster               = aws_ecs_cluster.main.id
  task_definition       = aws_ecs_task_definition.web.arn
  desired_count         = 6
  wait_for_steady_state = true
  capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.hosts.name
    weight            = 1
  }
  depends_on = [aws_ecs_cluster_capacity_providers.main]
}
`

describe.skipIf(skipped('terraform'))('Terraform, for a cluster on EC2', () => {
  let simulated: ServedForTest
  let project: TerraformProject
  const update = { instance_type: 'm5.xlarge', target: '80' }

  const group = () =>
    simulated.call('autoscaling:DescribeAutoScalingGroups', { AutoScalingGroupNames: ['hosts'] })
      .AutoScalingGroups[0]

  async function expectEmptyPlan(variables?: Record<string, string>) {
    const { code, stdout, stderr } = await project.plan(variables)
    expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' })
  }

  beforeAll(async () => {
    simulated = await serveForTest({ timeScale: 60 })
    project = await terraformProject(configuration, simulated.env)
  })

  afterAll(async () => {
    project?.remove()
    await simulated?.close()
    expect(simulated?.bugs ?? []).toEqual([])
  })

  it('applies, and the tasks run on instances that managed scaling brought', async () => {
    expect(await project.apply()).toContain('Apply complete!')
    const [service] = simulated.call('ecs:DescribeServices', {
      cluster: 'shop',
      services: ['web'],
    }).services
    expect(service).toMatchObject({ runningCount: 6 })
    expect(group().DesiredCapacity).toBeGreaterThanOrEqual(3)
  })

  it('finds nothing to do afterwards', () => expectEmptyPlan())

  it('changes the template, refreshes the instances and updates the provider', async () => {
    const said = await project.apply(update)
    expect(said).toContain('Apply complete! Resources: 0 added, 3 changed, 0 destroyed.')
    simulated.advance(3_600_000)
    const types = group().Instances.map((one: { InstanceType: string }) => one.InstanceType)
    expect(new Set(types)).toEqual(new Set(['m5.xlarge']))
  })

  it('finds nothing to do after that either', () => expectEmptyPlan(update))

  it('destroys', async () => {
    expect(await project.destroy()).toContain('Destroy complete!')
    expect(group()).toBeUndefined()
    expect(simulated.call('ec2:DescribeLaunchTemplates')).toMatchObject({ LaunchTemplates: [] })
  })

  it('calls nothing that the simulator lacks', () => {
    const unknown = simulated.requests.filter(({ error }) => error === 'UnknownOperationException')
    expect(unknown).toEqual([])
  })
})
