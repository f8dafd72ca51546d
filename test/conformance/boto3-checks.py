"""Checks of a simulated ECS with boto3: paginators, waiters, exceptions, types. One line of JSON a check on stdout."""

import datetime
import json
import sys
import traceback

import boto3
from botocore.exceptions import ClientError, WaiterError

ecs = boto3.client("ecs")
SUBNETS = ["subnet-0defa00000000000a", "subnet-0defa00000000000b"]
checks = []


def check(function):
    """Adds a check; they run in the order in which they are written."""
    checks.append(function)
    return function


def wait(name, **arguments):
    """Polls fast: the simulated time runs much faster than ours."""
    ecs.get_waiter(name).wait(WaiterConfig={"Delay": 0.1, "MaxAttempts": 200}, **arguments)


def expect(found, wanted):
    assert found == wanted, f"{found!r} is not {wanted!r}"


def refused(exception, message, call, **arguments):
    """The call raises exactly this exception of the client, with this message."""
    try:
        call(**arguments)
    except exception as error:
        assert isinstance(error, ClientError)
        expect(error.response["Error"]["Message"], message)
        expect(error.response["ResponseMetadata"]["HTTPStatusCode"], 400)
        assert error.response["ResponseMetadata"]["RequestId"]
        return
    raise AssertionError(f"{exception.__name__} was expected")


@check
def clusters_and_task_definitions():
    cluster = ecs.create_cluster(clusterName="shop", tags=[{"key": "team", "value": "shop"}])["cluster"]
    expect(cluster["status"], "ACTIVE")
    for revision in (1, 2):
        answer = ecs.register_task_definition(
            family="web",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            containerDefinitions=[
                {"name": "nginx", "image": f"nginx:1.2{revision}", "portMappings": [{"containerPort": 80}]}
            ],
            tags=[{"key": "team", "value": "shop"}],
        )
        definition = answer["taskDefinition"]
        expect(definition["revision"], revision)
        expect(answer["tags"], [{"key": "team", "value": "shop"}])
        expect(definition["containerDefinitions"][0]["essential"], True)
        assert isinstance(definition["registeredAt"], datetime.datetime)
        assert definition["registeredAt"].tzinfo is not None
    pages = ecs.get_paginator("list_task_definitions").paginate(PaginationConfig={"PageSize": 1})
    arns = [arn for page in pages for arn in page["taskDefinitionArns"]]
    expect([arn.rsplit("/")[-1] for arn in arns], ["web:1", "web:2"])


@check
def a_service_comes_up():
    answer = ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web:1",
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": SUBNETS, "assignPublicIp": "ENABLED"}},
    )
    expect(answer["service"]["runningCount"], 0)
    wait("services_stable", cluster="shop", services=["web"])
    service = ecs.describe_services(cluster="shop", services=["web"])["services"][0]
    expect((service["runningCount"], service["pendingCount"]), (2, 0))
    events = [event["createdAt"] for event in service["events"]]
    expect(events, sorted(events, reverse=True))


@check
def a_roll_out_ends():
    ecs.update_service(cluster="shop", service="web", taskDefinition="web:2")
    wait("services_stable", cluster="shop", services=["web"])
    service = ecs.describe_services(cluster="shop", services=["web"])["services"][0]
    expect(service["taskDefinition"].rsplit("/")[-1], "web:2")
    tasks = ecs.list_tasks(cluster="shop", serviceName="web")["taskArns"]
    wait("tasks_running", cluster="shop", tasks=tasks)
    revisions = {
        task["taskDefinitionArn"].rsplit("/")[-1]
        for task in ecs.describe_tasks(cluster="shop", tasks=tasks)["tasks"]
    }
    expect(revisions, {"web:2"})


@check
def paginators():
    for number in range(12):
        ecs.create_service(
            cluster="shop",
            serviceName=f"s{number:02}",
            taskDefinition="web",
            desiredCount=0,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": SUBNETS}},
        )
    pages = list(ecs.get_paginator("list_services").paginate(cluster="shop"))
    expect([len(page["serviceArns"]) for page in pages], [10, 3])
    assert "nextToken" not in pages[-1]
    by_five = ecs.get_paginator("list_services").paginate(
        cluster="shop", PaginationConfig={"PageSize": 5, "MaxItems": 7}
    )
    expect(len(by_five.build_full_result()["serviceArns"]), 7)


@check
def resources_are_found_by_tag():
    tagging = boto3.client("resourcegroupstaggingapi")
    pages = tagging.get_paginator("get_resources").paginate(
        TagFilters=[{"Key": "team", "Values": ["shop"]}], PaginationConfig={"PageSize": 1}
    )
    arns = [each["ResourceARN"] for page in pages for each in page["ResourceTagMappingList"]]
    expect(sorted(arn.split(":", 5)[-1] for arn in arns), ["cluster/shop", "task-definition/web:1", "task-definition/web:2"])
    expect(boto3.client("sts").get_caller_identity()["Account"], "123456789012")


@check
def errors_are_exceptions_of_the_client():
    known = ecs.exceptions
    refused(known.ClusterNotFoundException, "Cluster not found.", ecs.list_tasks, cluster="none")
    refused(known.ServiceNotFoundException, "Service not found.", ecs.update_service, cluster="shop", service="none", desiredCount=1)
    refused(known.ClientException, "Unable to describe task definition.", ecs.describe_task_definition, taskDefinition="none")
    refused(
        known.InvalidParameterException,
        "The service cannot be stopped while it is scaled above 0.",
        ecs.delete_service,
        cluster="shop",
        service="web",
    )
    refused(
        known.InvalidParameterException,
        "Creation of service was not idempotent.",
        ecs.create_service,
        cluster="shop",
        serviceName="web",
        taskDefinition="web:1",
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": SUBNETS}},
    )


@check
def misses_are_failures():
    answer = ecs.describe_services(cluster="shop", services=["web", "none"])
    expect([service["serviceName"] for service in answer["services"]], ["web"])
    expect([failure["reason"] for failure in answer["failures"]], ["MISSING"])
    try:
        wait("services_stable", cluster="shop", services=["none"])
    except WaiterError as error:
        assert "MISSING" in str(error.last_response), error.last_response
    else:
        raise AssertionError("a waiter for a missing service must fail")


@check
def a_task_runs_and_stops():
    answer = ecs.run_task(
        cluster="shop",
        taskDefinition="web",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": SUBNETS}},
    )
    expect(answer["failures"], [])
    arn = answer["tasks"][0]["taskArn"]
    wait("tasks_running", cluster="shop", tasks=[arn])
    ecs.stop_task(cluster="shop", task=arn, reason="enough")
    wait("tasks_stopped", cluster="shop", tasks=[arn])
    task = ecs.describe_tasks(cluster="shop", tasks=[arn])["tasks"][0]
    expect((task["stopCode"], task["stoppedReason"]), ("UserInitiated", "enough"))
    assert task["createdAt"] < task["startedAt"] < task["stoppedAt"], task


@check
def a_service_is_kept_within_its_bounds():
    scaling = boto3.client("application-autoscaling")
    of = {"ServiceNamespace": "ecs", "ResourceId": "service/shop/web", "ScalableDimension": "ecs:service:DesiredCount"}
    refused(
        scaling.exceptions.ObjectNotFoundException,
        "No scalable target registered for service namespace: ecs, resource ID: service/shop/web, scalable dimension: ecs:service:DesiredCount",
        scaling.deregister_scalable_target,
        **of,
    )
    count = ecs.describe_services(cluster="shop", services=["web"])["services"][0]["desiredCount"]
    arn = scaling.register_scalable_target(**of, MinCapacity=count + 1, MaxCapacity=9, Tags={"team": "shop"})["ScalableTargetARN"]
    expect(ecs.describe_services(cluster="shop", services=["web"])["services"][0]["desiredCount"], count + 1)
    expect(scaling.list_tags_for_resource(ResourceARN=arn)["Tags"], {"team": "shop"})
    policy = {
        "TargetValue": 37.5,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
    }
    alarms = scaling.put_scaling_policy(
        **of, PolicyName="cpu", PolicyType="TargetTrackingScaling", TargetTrackingScalingPolicyConfiguration=policy
    )["Alarms"]
    expect(len(alarms), 2)
    pages = scaling.get_paginator("describe_scaling_policies").paginate(ServiceNamespace="ecs", PaginationConfig={"PageSize": 1})
    found = [each for page in pages for each in page["ScalingPolicies"]]
    expect([each["TargetTrackingScalingPolicyConfiguration"] for each in found], [policy])
    (activity,) = scaling.describe_scaling_activities(**of)["ScalingActivities"]
    assert isinstance(activity["StartTime"], datetime.datetime), activity
    scaling.deregister_scalable_target(**of)
    expect(scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"], [])


@check
def teardown():
    names = [arn.rsplit("/")[-1] for page in ecs.get_paginator("list_services").paginate(cluster="shop") for arn in page["serviceArns"]]
    for name in names:
        ecs.delete_service(cluster="shop", service=name, force=True)
    for first in range(0, len(names), 10):
        for name in names[first : first + 10]:
            wait("services_inactive", cluster="shop", services=[name])
    expect(ecs.list_services(cluster="shop")["serviceArns"], [])
    expect(ecs.delete_cluster(cluster="shop")["cluster"]["status"], "INACTIVE")
    expect(ecs.list_clusters()["clusterArns"], [])


for each in checks:
    problem = None
    try:
        each()
    except Exception:
        problem = traceback.format_exc()
    print(json.dumps({"check": each.__name__, "problem": problem}), flush=True)
sys.exit(0)
