/** Terraform's AWS provider on the served simulator: apply, an empty plan, an update, an empty plan, destroy. */
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

variable "image" { default = "nginx:1.27" }
variable "desired" { default = 2 }

locals {
  subnets = [for zone in ["a", "b", "c"] : "subnet-0defa00000000000\${zone}"]
}

resource "aws_ecs_cluster" "shop" {
  name = "shop"
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
  tags = { team = "shop" }
}

resource "aws_ecs_cluster_capacity_providers" "shop" {
  cluster_name       = aws_ecs_cluster.shop.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

resource "aws_ecs_task_definition" "web" {
  family                   = "web"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }
  container_definitions = jsonencode([
    {
      name         = "nginx"
      image        = var.image
      portMappings = [{ containerPort = 80 }]
      environment  = [{ name = "B", value = "2" }, { name = "A", value = "1" }]
      healthCheck  = { command = ["CMD-SHELL", "curl -f http://localhost/"] }
    },
    { name = "sidecar", image = "busybox", essential = false, command = ["sleep", "infinity"] },
  ])
}

# The provider is content as soon as the service exists.
resource "aws_ecs_service" "web" {
  name            = "web"
  cluster         = aws_ecs_cluster.shop.id
  task_definition = aws_ecs_task_definition.web.arn
  desired_count   = var.desired
  launch_type     = "FARGATE"
  propagate_tags  = "SERVICE"
  tags            = { team = "shop" }
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  network_configuration {
    subnets          = local.subnets
    assign_public_ip = true
  }
}

# The provider waits until the tasks run.
resource "aws_ecs_service" "steady" {
  name                               = "steady"
  cluster                            = aws_ecs_cluster.shop.id
  task_definition                    = aws_ecs_task_definition.web.arn
  desired_count                      = var.desired
  deployment_minimum_healthy_percent = 50
  deployment_maximum_percent         = 150
  wait_for_steady_state              = true
  depends_on                         = [aws_ecs_cluster_capacity_providers.shop]
  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    weight            = 1
  }
  network_configuration {
    subnets         = local.subnets
    security_groups = ["sg-0defa000000000000"]
  }
}

# Nothing of it runs, for want of container instances: what counts is that it reads back as it was written.
resource "aws_ecs_task_definition" "worker" {
  family                   = "worker"
  requires_compatibilities = ["EC2"]
  network_mode             = "bridge"
  volume {
    name = "data"
    docker_volume_configuration {
      scope         = "shared"
      autoprovision = true
    }
  }
  placement_constraints {
    type       = "memberOf"
    expression = "attribute:ecs.os-type == linux"
  }
  container_definitions = jsonencode([
    {
      name              = "worker"
      image             = "busybox"
      memoryReservation = 64
      portMappings      = [{ containerPort = 80, hostPort = 0 }]
      mountPoints       = [{ sourceVolume = "data", containerPath = "/data" }]
      ulimits           = [{ name = "nofile", softLimit = 1024, hardLimit = 4096 }]
      dockerLabels      = { a = "b" }
      logConfiguration  = { logDriver = "json-file", options = { "max-size" = "10m" } }
    },
  ])
  tags = { team = "shop" }
}

resource "aws_ecs_service" "worker" {
  name                    = "worker"
  cluster                 = aws_ecs_cluster.shop.id
  task_definition         = aws_ecs_task_definition.worker.arn
  desired_count           = 0
  launch_type             = "EC2"
  enable_ecs_managed_tags = true
  ordered_placement_strategy {
    type  = "spread"
    field = "attribute:ecs.availability-zone"
  }
  ordered_placement_strategy {
    type  = "binpack"
    field = "memory"
  }
  placement_constraints {
    type = "distinctInstance"
  }
}
`

describe.skipIf(skipped('terraform'))('Terraform', () => {
  let simulated: ServedForTest
  let project: TerraformProject
  const update = { image: 'nginx:1.28', desired: '3' }

  const services = () => {
    const { services } = simulated.call('ecs:DescribeServices', {
      cluster: 'shop',
      services: ['web', 'steady'],
    })
    return services as {
      runningCount: number
      taskDefinition: string
      deployments: { status: string }[]
    }[]
  }

  /** Nothing to do; what the plan would do is the message of the failure. */
  async function expectEmptyPlan(variables?: Record<string, string>) {
    const { code, stdout, stderr } = await project.plan(variables)
    expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' })
  }

  beforeAll(async () => {
    simulated = await serveForTest({ timeScale: 100 })
    project = await terraformProject(configuration, simulated.env)
  })

  afterAll(async () => {
    project?.remove()
    await simulated?.close()
    expect(simulated?.bugs ?? []).toEqual([])
  })

  it('applies', async () => {
    const said = await project.apply()
    expect(said).toContain('Apply complete! Resources: 7 added, 0 changed, 0 destroyed.')
    expect(services()).toMatchObject([
      { desiredCount: 2 },
      { desiredCount: 2, runningCount: 2, deployments: [{ status: 'PRIMARY' }] },
    ])
  })

  it('finds nothing to do afterwards', () => expectEmptyPlan())

  it('sees a change behind its back', async () => {
    simulated.call('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 1 })
    const { code, stdout } = await project.plan()
    expect(code).toBe(2)
    expect(stdout).toContain('desired_count')
  })

  it('rolls a new image and count out', async () => {
    const said = await project.apply(update)
    expect(said).toContain('Apply complete! Resources: 1 added, 2 changed, 1 destroyed.')
    const [web, steady] = services()
    expect(web?.taskDefinition).toMatch(/web:2$/)
    expect(steady).toMatchObject({ runningCount: 3, deployments: [{ status: 'PRIMARY' }] })
  })

  it('finds nothing to do after that either', () => expectEmptyPlan(update))

  it('destroys', async () => {
    expect(await project.destroy()).toContain('Destroy complete! Resources: 7 destroyed.')
    expect(simulated.call('ecs:ListClusters', {})).toMatchObject({ clusterArns: [] })
    expect(simulated.call('ecs:ListTaskDefinitions', {})).toMatchObject({ taskDefinitionArns: [] })
  })

  it('calls nothing that the simulator lacks', () => {
    const unknown = simulated.requests.filter(({ error }) => error === 'UnknownOperationException')
    expect(unknown).toEqual([])
  })
})
