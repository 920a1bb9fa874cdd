"""NAT gateways as AWS has them: zonal and regional, public and private, with errors for unknown ids.

moto knows zonal public ones only, ignores tag filters and answers an empty list for an unknown id.
Shapes: Amazon EC2 API Reference, pages "NatGateway" and "NatGatewayAddress"; Amazon VPC User Guide,
pages "NAT gateway basics" and "Regional NAT gateways".
"""

import itertools
import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.nat_gateways import NatGatewayBackend
from moto.ec2.responses.nat_gateways import NatGateways
from moto.ec2.utils import random_eip_association_id, random_nat_gateway_id
from moto.moto_api._internal import mock_random

from scripts.sandbox.engine.core import Engine
from scripts.sandbox.engine.ec2_queries import Item, filtered, paged, tags_asked, tags_of
from scripts.sandbox.engine.seams import replace

FILTERS = {
    "nat-gateway-id": "NatGatewayId",
    "state": "State",
    "subnet-id": "SubnetId",
    "vpc-id": "VpcId",
}
WELL_FORMED = re.compile(r"nat-(?:[0-9a-f]{8}|[0-9a-f]{17})")

_KEPT = 3  # of the hosts: the network's own address is none
_lock = threading.RLock()  # two requests at once must not be given the same private address


@dataclass
class Gateway:
    """One NAT gateway; its name `id` is what moto's route tables and tags ask for."""

    vpc_id: str
    subnet_id: str | None
    connectivity_type: str
    availability_mode: str
    addresses: list[Item]
    automatic: bool = False
    id: str = field(default_factory=random_nat_gateway_id)
    state: str = "available"
    created: datetime = field(default_factory=utcnow)
    deleted: datetime | None = None

    @property
    def physical_resource_id(self) -> str:
        """What CloudFormation's `Ref` gives."""
        return self.id


def described(backend: Any, gateway: Gateway) -> Item:
    """The gateway in the shape of `DescribeNatGateways`."""
    answer: Item = {
        "NatGatewayId": gateway.id,
        "State": gateway.state,
        "VpcId": gateway.vpc_id,
        "SubnetId": gateway.subnet_id,
        "ConnectivityType": gateway.connectivity_type,
        "AvailabilityMode": gateway.availability_mode,
        "CreateTime": gateway.created.replace(tzinfo=UTC),
        "DeleteTime": gateway.deleted.replace(tzinfo=UTC) if gateway.deleted else None,
        "NatGatewayAddresses": gateway.addresses,
        "Tags": tags_of(backend, gateway.id),
    }
    if gateway.availability_mode == "regional":
        mode = "enabled" if gateway.automatic else "disabled"
        answer |= {"AutoScalingIps": mode, "AutoProvisionZones": mode}
    return answer


def _public_address(backend: Any, allocation_id: str | None, interface: Any = None) -> Item:
    """An elastic address in the gateway's address list; a new one where none was named."""
    if allocation_id is None:
        allocation_id = backend.allocate_address("vpc").allocation_id
    if interface is not None:
        backend.associate_address(eni=interface, allocation_id=allocation_id)
    address = backend.address_by_allocation([allocation_id])[0]
    address.association_id = address.association_id or random_eip_association_id()
    return {
        "AllocationId": allocation_id,
        "PublicIp": address.public_ip,
        "AssociationId": address.association_id,
    }


def _free_private_ip(backend: Any, subnet: Any) -> str:
    """One of a subnet's; AWS keeps the first four and the last of them (VPC User Guide, "Subnet sizing")."""
    taken = {eni.private_ip_address for eni in backend.enis.values() if eni.subnet.id == subnet.id}
    hosts = itertools.islice(ip_network(subnet.cidr_block).hosts(), _KEPT, None)
    free = [address for each in hosts if (address := str(each)) not in taken]
    if not free:
        raise EC2ClientError(
            "InsufficientFreeAddressesInSubnet",
            "The specified subnet does not have enough free addresses to satisfy the request.",
        )
    return str(mock_random.choice(free))


def create_zonal(
    backend: Any,
    subnet_id: str,
    allocation_id: str | None,
    connectivity: str = "public",
    private_ip: str | None = None,
) -> Gateway:
    """A gateway in one subnet, with one requester-managed interface.

    Raises:
        EC2ClientError: The subnet is unknown or full, or the allocation does not fit the connectivity.

    """
    if connectivity == "private" and allocation_id:
        raise EC2ClientError("InvalidParameter", "AllocationId is not supported for private NAT gateways")
    if connectivity == "public" and not allocation_id:
        raise EC2ClientError("MissingParameter", "The request must contain the parameter allocationId")
    subnet = backend.get_subnet(subnet_id)
    with _lock:
        chosen = private_ip or _free_private_ip(backend, subnet)
        interface = backend.create_network_interface(subnet, chosen)
        address = {"NetworkInterfaceId": interface.id, "PrivateIp": chosen}
        address |= {"IsPrimary": True, "Status": "succeeded"}
        if connectivity == "public":
            address |= _public_address(backend, allocation_id, interface)
        gateway = Gateway(subnet.vpc_id, subnet_id, connectivity, "zonal", [address])
        interface.interface_type = "nat_gateway"
        interface.requester_managed = True
        interface.status = "in-use"
        interface.description = f"Interface for NAT Gateway {gateway.id}"
        interface.source_dest_check = False
        backend.nat_gateways[gateway.id] = gateway
    return gateway


def create_regional(backend: Any, vpc_id: str, zones: list[Item]) -> Gateway:
    """A gateway for a whole VPC: no subnet and no interface of its own, addresses per Availability Zone.

    Args:
        backend: moto's EC2 of the account and region.
        vpc_id: The VPC.
        zones: `AvailabilityZoneAddresses` of the request; empty lets AWS choose the zones in use.

    Raises:
        EC2ClientError: The VPC is unknown.

    """
    backend.get_vpc(vpc_id)
    with _lock:
        wanted: list[tuple[str, str | None]] = [
            (zone["AvailabilityZone"], allocation) for zone in zones for allocation in zone["AllocationIds"]
        ]
        subnets = [subnet for subnet in backend.describe_subnets() if subnet.vpc_id == vpc_id]
        ids = {subnet.availability_zone: subnet.availability_zone_id for subnet in subnets}
        if not zones:
            wanted = [(zone, None) for zone in sorted(ids)]
        addresses = [
            {
                **_public_address(backend, allocation),
                "AvailabilityZone": zone,
                "AvailabilityZoneId": ids.get(zone),
                "Status": "succeeded",
            }
            for zone, allocation in wanted
        ]
        gateway = Gateway(vpc_id, None, "public", "regional", addresses, automatic=not zones)
        backend.nat_gateways[gateway.id] = gateway
    return gateway


def found(backend: Any, gateway_id: str) -> Gateway:
    """The gateway of that id.

    Raises:
        EC2ClientError: `NatGatewayMalformed` or `NatGatewayNotFound` (EC2 page "Error codes").

    """
    if not WELL_FORMED.fullmatch(gateway_id):
        raise EC2ClientError("NatGatewayMalformed", f"The NatGateway ID '{gateway_id}' is malformed")
    if gateway_id not in backend.nat_gateways:
        raise EC2ClientError("NatGatewayNotFound", f"The Nat Gateway {gateway_id} was not found")
    gateway: Gateway = backend.nat_gateways[gateway_id]
    return gateway


def _create(self: Any) -> ActionResult:
    mode = self._get_param("AvailabilityMode") or "zonal"
    connectivity = self._get_param("ConnectivityType") or "public"
    subnet_id, vpc_id = self._get_param("SubnetId"), self._get_param("VpcId")
    tags = tags_asked(self._get_param("TagSpecifications", []), "natgateway")
    self.error_on_dryrun()
    for secondary in ("SecondaryAllocationIds", "SecondaryPrivateIpAddresses"):
        if self._get_param(secondary):
            raise EC2ClientError("UnsupportedOperation", f"the sandbox has no {secondary}")
    if mode == "regional":
        if subnet_id or not vpc_id or connectivity != "public":
            wanted = "A regional NAT gateway takes a VpcId, no SubnetId, and is public"
            raise EC2ClientError("InvalidParameterCombination", wanted)
        zones = self._get_param("AvailabilityZoneAddresses", [])
        gateway = create_regional(self.ec2_backend, vpc_id, zones)
    else:
        if not subnet_id:
            raise EC2ClientError("MissingParameter", "The request must contain the parameter subnetId")
        allocation, address = self._get_param("AllocationId"), self._get_param("PrivateIpAddress")
        gateway = create_zonal(self.ec2_backend, subnet_id, allocation, connectivity, address)
    self.ec2_backend.create_tags([gateway.id], tags)
    return ActionResult({"NatGateway": described(self.ec2_backend, gateway)})


def _describe(self: Any) -> ActionResult:
    backend, ids = self.ec2_backend, self._get_param("NatGatewayIds", [])
    gateways = [found(backend, each) for each in ids] if ids else list(backend.nat_gateways.values())
    answers = [described(backend, gateway) for gateway in gateways]
    chosen = filtered(answers, self._filters_from_querystring(), FILTERS)
    page, token = paged(chosen, self._get_int_param("MaxResults"), self._get_param("NextToken"))
    return ActionResult({"NatGateways": page, "NextToken": token})


def _delete(self: Any) -> ActionResult:
    """The interface goes, the gateway stays visible as `deleted`, as on AWS for about an hour."""
    backend = self.ec2_backend
    gateway = found(backend, self._get_param("NatGatewayId"))
    self.error_on_dryrun()
    for address in gateway.addresses:
        backend.enis.pop(address.get("NetworkInterfaceId"), None)
    gateway.state, gateway.deleted = "deleted", utcnow()
    return ActionResult({"NatGatewayId": gateway.id})


def _create_in_backend(  # the way of moto's CloudFormation
    self: Any,
    subnet_id: str,
    allocation_id: str | None,
    tags: dict[str, str] | None = None,
    connectivity_type: str = "public",
) -> Gateway:
    gateway = create_zonal(self, subnet_id, allocation_id, connectivity_type)
    self.create_tags([gateway.id], tags or {})
    return gateway


def install(_engine: Engine) -> None:
    """Put these NAT gateways in place of moto's."""
    replace(NatGateways, "create_nat_gateway", lambda _original: _create)
    replace(NatGateways, "describe_nat_gateways", lambda _original: _describe)
    replace(NatGateways, "delete_nat_gateway", lambda _original: _delete)
    replace(NatGatewayBackend, "create_nat_gateway", lambda _original: _create_in_backend)
