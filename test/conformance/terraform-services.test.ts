/** Terraform's AWS provider on the served simulator: IAM, ECR, parameters, load balancing, schedules, secrets, logs. */
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

variable "description" { default = "hosts" }
variable "path" { default = "/" }
variable "hour" { default = "3" }

locals {
  vpc     = "vpc-0defa000000000000"
  subnets = [for zone in ["a", "b"] : "subnet-0defa00000000000\${zone}"]
}

data "aws_ssm_parameter" "ami" {
  name = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
}

resource "aws_ssm_parameter" "ami" {
  name  = "/shop/ami"
  type  = "String"
  value = data.aws_ssm_parameter.ami.value
  tags  = { team = "shop" }
}

resource "aws_iam_role" "host" {
  name        = "base-ecsInstanceRole"
  description = var.description
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
  tags = { team = "shop" }
}

resource "aws_iam_role_policy_attachment" "host" {
  role       = aws_iam_role.host.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
}

resource "aws_iam_role_policy" "host" {
  name = "logs"
  role = aws_iam_role.host.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["logs:*"], Resource = "*" }]
  })
}

resource "aws_iam_policy" "own" {
  name = "own"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::shop/*" }]
  })
}

resource "aws_iam_role_policy_attachment" "own" {
  role       = aws_iam_role.host.name
  policy_arn = aws_iam_policy.own.arn
}

resource "aws_iam_instance_profile" "host" {
  name = "base-ecsInstanceRole"
  role = aws_iam_role.host.name
}

resource "aws_iam_role" "schedules" {
  name = "schedules"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
    }]
  })
}

resource "aws_ecr_repository" "web" {
  name                 = "shop/web"
  image_tag_mutability = "IMMUTABLE"
  image_scanning_configuration {
    scan_on_push = true
  }
  tags = { team = "shop" }
}

resource "aws_ecr_lifecycle_policy" "web" {
  repository = aws_ecr_repository.web.name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 10 }
      action       = { type = "expire" }
    }]
  })
}

resource "aws_lb_target_group" "web" {
  name                 = "web"
  port                 = 80
  protocol             = "HTTP"
  target_type          = "ip"
  vpc_id               = local.vpc
  deregistration_delay = 15
  health_check {
    path = var.path
  }
}

resource "aws_lb" "front" {
  name               = "front"
  load_balancer_type = "application"
  subnets            = local.subnets
  idle_timeout       = 30
  tags               = { team = "shop" }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.front.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_rule" "web" {
  listener_arn = aws_lb_listener.http.arn
  priority     = 10
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
  condition {
    path_pattern {
      values = ["/web/*"]
    }
  }
}

resource "aws_scheduler_schedule_group" "night" {
  name = "night"
  tags = { team = "shop" }
}

resource "aws_scheduler_schedule" "job" {
  name                         = "job"
  group_name                   = aws_scheduler_schedule_group.night.name
  schedule_expression          = "cron(0 \${var.hour} * * ? *)"
  schedule_expression_timezone = "Europe/Berlin"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:ecs:${region}:123456789012:cluster/shop"
    role_arn = aws_iam_role.schedules.arn
    ecs_parameters {
      task_definition_arn = "arn:aws:ecs:${region}:123456789012:task-definition/job:1"
      launch_type         = "FARGATE"
      network_configuration {
        subnets = local.subnets
      }
    }
  }
}

resource "aws_secretsmanager_secret" "db" {
  name                    = "db"
  recovery_window_in_days = 0
  tags                    = { team = "shop" }
}

resource "aws_secretsmanager_secret_version" "db" {
  secret_id     = aws_secretsmanager_secret.db.id
  secret_string = "example"
}

resource "aws_cloudwatch_log_group" "web" {
  name              = "/ecs/web"
  retention_in_days = 14
  tags              = { team = "shop" }
}
`

describe.skipIf(skipped('terraform'))('terraform on the served simulator', () => {
  let served: ServedForTest
  let project: TerraformProject

  beforeAll(async () => {
    // The provider polls every few seconds: in a scaled time it need not wait long.
    served = await serveForTest({ timeScale: 60 })
    project = await terraformProject(configuration, served.env)
  })
  afterAll(async () => {
    project?.remove()
    await served?.close()
  })

  it('applies the further services', async () => {
    expect(await project.apply()).toMatch(/Apply complete! Resources: \d+ added, 0 changed/)
    const { Attributes } = served.call('elasticloadbalancing:DescribeTargetGroupAttributes', {
      TargetGroupArn: served.call('elasticloadbalancing:DescribeTargetGroups').TargetGroups[0]
        .TargetGroupArn,
    })
    expect(Attributes).toContainEqual({ Key: 'deregistration_delay.timeout_seconds', Value: '15' })
    const { InstanceProfile } = served.call('iam:GetInstanceProfile', {
      InstanceProfileName: 'base-ecsInstanceRole',
    })
    expect(InstanceProfile.Roles).toHaveLength(1)
  })

  it('plans nothing afterwards', async () => {
    const { code, stdout } = await project.plan()
    expect(code, stdout).toBe(0)
  })

  it('updates in place, and plans nothing then', async () => {
    const changed = { description: 'ECS hosts', path: '/up', hour: '4' }
    expect(await project.apply(changed)).toContain('0 added, 3 changed, 0 destroyed')
    const { code, stdout } = await project.plan(changed)
    expect(code, stdout).toBe(0)
    expect(served.call('iam:GetRole', { RoleName: 'base-ecsInstanceRole' }).Role.Description).toBe(
      'ECS hosts',
    )
  })

  it('destroys all of it', async () => {
    await project.destroy()
    expect(served.call('iam:ListRoles').Roles).toEqual([])
    expect(served.call('elasticloadbalancing:DescribeLoadBalancers').LoadBalancers).toEqual([])
    expect(served.call('ecr:DescribeRepositories').repositories).toEqual([])
    expect(served.call('scheduler:ListSchedules').Schedules).toEqual([])
  })

  it('met no bug and no operation that is missing', () => {
    expect(served.bugs).toEqual([])
    expect(
      served.requests
        .filter(({ error }) => error === 'UnknownOperationException')
        .map((r) => r.operation),
    ).toEqual([])
  })
})
