from scripts.sandbox.engine.core import Engine


def test_the_engine_listens_on_the_loopback_address_only(engine: Engine) -> None:
    assert engine.endpoint.startswith("http://127.0.0.1:")


def test_each_account_and_region_has_its_own_resources(engine: Engine) -> None:
    engine.client("111111111111", "eu-west-1", "sqs").create_queue(QueueName="mine")
    assert "QueueUrls" not in engine.client("222222222222", "eu-west-1", "sqs").list_queues()
    assert "QueueUrls" not in engine.client("111111111111", "us-east-1", "sqs").list_queues()


def test_an_account_has_no_images_that_nobody_made(engine: Engine) -> None:
    assert engine.client("111111111111", "eu-west-1", "ec2").describe_images()["Images"] == []
