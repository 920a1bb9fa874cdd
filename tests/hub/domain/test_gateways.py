from tests import factories


def test_a_zonal_gateway_is_recorded_at_each_of_its_interfaces() -> None:
    gateway = factories.gateway(interfaces=("eni-1", "eni-2"))
    assert (gateway.flow_log_type, gateway.flow_log_resources) == ("NetworkInterface", ("eni-1", "eni-2"))


def test_a_regional_gateway_is_recorded_by_its_own_id() -> None:
    gateway = factories.gateway(availability="regional")
    assert (gateway.flow_log_type, gateway.flow_log_resources) == ("RegionalNatGateway", (factories.NAT,))


def test_a_gateway_is_called_by_its_name_tag_if_it_has_one() -> None:
    assert factories.gateway(tags={"Name": "egress"}).name == "egress"
    assert factories.gateway(tags={"Name": ""}).name is None
    assert factories.gateway(tags={}).name is None
