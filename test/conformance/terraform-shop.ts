/** A shop on EC2 and Fargate as Terraform makes it. */
import { region } from './simulated.ts'

/** Of the cluster, and what most names begin with. */
export const name = 'base'

/** The network, the hosts, the cluster, and as many services on it, each with a task definition of its own. */
export function terraformShop(services: number): string {
  return [foundation, ...Array.from({ length: services }, (_, i) => onHosts(i)), onFargate].join(
    '\n',
  )
}

const foundation = `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "image_tag" { default = "v1" }
variable "one_image_tag" { default = "" }
variable "ignored" {
  type    = list(string)
  default = []
}

provider "aws" {
  region = "${region}"
  ignore_tags {
    key_prefixes = var.ignored
  }
}

locals {
  azs  = ["${region}a", "${region}b"]
  tag0 = var.one_image_tag != "" ? var.one_image_tag : var.image_tag
}

data "aws_ssm_parameter" "image" {
  name = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
}

resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "${name}" }
}

resource "aws_subnet" "public" {
  count                   = 2
  vpc_id                  = aws_vpc.main.id
  cidr_block              = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  availability_zone       = local.azs[count.index]
  map_public_ip_on_launch = true
  tags                    = { Name = "${name}-\${count.index}" }
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "${name}" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
  tags = { Name = "${name}" }
}

resource "aws_route_table_association" "public" {
  count          = 2
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_security_group" "hosts" {
  name        = "${name}-hosts"
  description = "ECS hosts"
  vpc_id      = aws_vpc.main.id
  ingress {
    description = "dynamic host ports inside the VPC"
    from_port   = 32768
    to_port     = 65535
    protocol    = "tcp"
    cidr_blocks = [aws_vpc.main.cidr_block]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_iam_role" "host" {
  name = "${name}-ecsInstanceRole"
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

resource "aws_iam_role_policy" "logs" {
  name = "logs"
  role = aws_iam_role.host.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["logs:PutLogEvents"], Resource = "*" }]
  })
}

resource "aws_iam_instance_profile" "host" {
  name = "${name}-ecsInstanceRole"
  role = aws_iam_role.host.name
}

resource "aws_launch_template" "host" {
  name                   = "${name}-host"
  image_id               = data.aws_ssm_parameter.image.value
  instance_type          = "m5.large"
  vpc_security_group_ids = [aws_security_group.hosts.id]
  iam_instance_profile {
    arn = aws_iam_instance_profile.host.arn
  }
  user_data = base64encode("#!/bin/sh\\necho ECS_CLUSTER=${name} >> /etc/ecs/ecs.config\\n")
}

resource "aws_autoscaling_group" "hosts" {
  name                = "${name}-hosts"
  min_size            = 2
  max_size            = 10
  vpc_zone_identifier = aws_subnet.public[*].id
  launch_template {
    id      = aws_launch_template.host.id
    version = aws_launch_template.host.latest_version
  }
  tag {
    key                 = "AmazonECSManaged"
    value               = "true"
    propagate_at_launch = true
  }
  # Managed scaling moves the desired capacity.
  lifecycle {
    ignore_changes = [desired_capacity]
  }
}

resource "aws_ecs_capacity_provider" "hosts" {
  name = "${name}-hosts"
  auto_scaling_group_provider {
    auto_scaling_group_arn         = aws_autoscaling_group.hosts.arn
    managed_termination_protection = "DISABLED"
    managed_scaling {
      status                    = "ENABLED"
      target_capacity           = 100
      minimum_scaling_step_size = 1
      maximum_scaling_step_size = 10
    }
  }
}

resource "aws_ecs_cluster" "main" {
  name = "${name}"
}

resource "aws_ecs_cluster_capacity_providers" "main" {
  cluster_name       = aws_ecs_cluster.main.name
  capacity_providers = [aws_ecs_capacity_provider.hosts.name]
  default_capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.hosts.name
    weight            = 1
  }
}

resource "aws_ecr_repository" "app" {
  name         = "${name}/app"
  force_delete = true
}
`

const onHosts = (i: number) => `
resource "aws_ecs_task_definition" "svc_${i}" {
  family                   = "${name}-svc-${i}"
  network_mode             = "bridge"
  requires_compatibilities = ["EC2"]
  container_definitions = jsonencode([{
    name      = "app"
    image     = "\${aws_ecr_repository.app.repository_url}:\${${i === 0 ? 'local.tag0' : 'var.image_tag'}}"
    cpu       = 128
    memory    = 128
    essential = true
    environment = [
      { name = "LOG_LEVEL", value = "info" },
      { name = "SERVICE", value = "svc-${i}" },
    ]
    portMappings = [{ containerPort = 8080, hostPort = 0, protocol = "tcp" }]
  }])
}

resource "aws_ecs_service" "svc_${i}" {
  name            = "svc-${i}"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.svc_${i}.arn
  desired_count   = 1
  capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.hosts.name
    weight            = 1
  }
  depends_on = [aws_ecs_cluster_capacity_providers.main]
}
`

const onFargate = `
resource "aws_lb" "front" {
  name               = "front"
  load_balancer_type = "application"
  subnets            = aws_subnet.public[*].id
}

resource "aws_lb_target_group" "web" {
  name        = "web"
  port        = 80
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = aws_vpc.main.id
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.front.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
}

resource "aws_ecs_task_definition" "web" {
  family                   = "web"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  container_definitions = jsonencode([
    { name = "nginx", image = "nginx:1.27", portMappings = [{ containerPort = 80 }] },
  ])
}

resource "aws_ecs_service" "web" {
  name            = "web"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.web.arn
  desired_count   = 1
  launch_type     = "FARGATE"
  network_configuration {
    subnets          = aws_subnet.public[*].id
    security_groups  = [aws_security_group.hosts.id]
    assign_public_ip = true
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.web.arn
    container_name   = "nginx"
    container_port   = 80
  }
  depends_on = [aws_lb_listener.http]
}
`
