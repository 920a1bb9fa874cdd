"""What EC2 says of an interface that no emulator makes."""

from hub.adapters.networks import interface_of
from hub.domain.networks import Interface


def test_an_interface_is_read_with_its_ranges_and_both_kinds_of_addresses() -> None:
    assert interface_of(
        {
            "NetworkInterfaceId": "eni-1",
            "VpcId": "vpc-1",
            "AvailabilityZone": "eu-west-1b",
            "PrivateIpAddress": "10.0.1.5",
            "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.5", "Primary": True}],
            "Ipv6Addresses": [{"Ipv6Address": "2a05:d018::5"}],
            "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.1.16/28"}],
            "Ipv6Prefixes": [{"Ipv6Prefix": "2a05:d018:0:1::/80"}],
            "Attachment": {"InstanceId": "i-1"},
            "InterfaceType": "trunk",
            "Description": "aws-K8S-i-1",
            "TagSet": [{"Key": "team", "Value": "web"}],
        }
    ) == Interface(
        "eni-1",
        "vpc-1",
        zone="eu-west-1b",
        primary="10.0.1.5",
        addresses=("10.0.1.5", "2a05:d018::5"),
        prefixes=("10.0.1.16/28", "2a05:d018:0:1::/80"),
        instance="i-1",
        type="trunk",
        description="aws-K8S-i-1",
        tags={"team": "web"},
    )


def test_an_interface_of_another_service_says_little() -> None:
    assert interface_of({"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "Attachment": {}}) == Interface(
        "eni-1", "vpc-1"
    )
