-- Who sent or received how much through a NAT gateway: one text, for Athena and for DuckDB.
--
-- A conversation through a zonal gateway is four records; only the two on the client's side tell its client, and
-- there the packet's own address differs from the one that the interface saw (VPC User Guide, "Flow log record
-- examples", "Traffic through a NAT gateway"). An interface with several addresses writes its primary one, so
-- its other addresses differ too, on the far side: they are named as gateways, or private where the far end is
-- public. Records of a regional gateway have both real ends on the client's side ("Regional NAT gateways").
-- IPv6 clients reach IPv4 remotes under 64:ff9b::/96 ("NAT64"). A format without the packet's addresses tells the
-- client alone.
WITH records AS (
    SELECT
        log_status,
        action,
        resource_id,
        srcaddr,
        dstaddr,
        COALESCE(NULLIF(pkt_srcaddr, '-'), srcaddr) AS sender,
        COALESCE(NULLIF(pkt_dstaddr, '-'), dstaddr) AS receiver,
        pkt_dstaddr IS NULL AS is_short,
        srcport,
        dstport,
        protocol,
        NULLIF(pkt_src_aws_service, '-') AS sender_service,
        NULLIF(pkt_dst_aws_service, '-') AS receiver_service,
        bytes,
        packets,
        "start" AS began,
        "end" AS ended
    FROM $source
),
told AS (
    SELECT
        *,
        CASE
            WHEN log_status <> 'OK' THEN log_status
            WHEN action <> 'ACCEPT' THEN action
            WHEN receiver <> dstaddr AND ($any_gateway OR dstaddr IN ($gateways)) AND receiver NOT IN ($gateways)
                AND NOT ($receiver_is_private AND NOT $sender_is_private) THEN 'upload'
            WHEN sender <> srcaddr AND ($any_gateway OR srcaddr IN ($gateways)) AND sender NOT IN ($gateways)
                AND NOT ($sender_is_private AND NOT $receiver_is_private) THEN 'download'
            WHEN receiver LIKE '64:ff9b:%' THEN 'upload'
            WHEN sender LIKE '64:ff9b:%' THEN 'download'
            WHEN resource_id LIKE 'nat-%' AND $sender_is_private AND receiver NOT IN ($gateways) THEN 'upload'
            WHEN resource_id LIKE 'nat-%' AND $receiver_is_private AND sender NOT IN ($gateways) THEN 'download'
            WHEN is_short AND receiver IN ($gateways) AND $sender_is_private THEN 'upload'
            WHEN is_short AND sender IN ($gateways) AND $receiver_is_private THEN 'download'
            ELSE 'outer'
        END AS direction
    FROM records
),
legs AS (
    SELECT
        direction,
        CASE direction WHEN 'upload' THEN sender WHEN 'download' THEN receiver END AS client,
        CASE WHEN is_short THEN NULL WHEN direction = 'upload' THEN receiver
            WHEN direction = 'download' THEN sender END AS remote,
        CASE direction WHEN 'upload' THEN dstport WHEN 'download' THEN srcport END AS port,
        CASE WHEN direction IN ('upload', 'download') THEN protocol END AS protocol,
        CASE direction WHEN 'upload' THEN receiver_service WHEN 'download' THEN sender_service END AS service,
        began - began % $slot AS slot,
        began,
        ended,
        bytes,
        packets
    FROM told
),
counted AS (
    SELECT
        GROUPING(slot) AS is_talker,
        direction,
        client,
        remote,
        port,
        protocol,
        slot,
        MAX(service) AS service,
        SUM(bytes) AS bytes,
        SUM(packets) AS packets,
        COUNT(*) AS records,
        MIN(began) AS began,
        MAX(ended) AS ended
    FROM legs
    GROUP BY GROUPING SETS ((direction, client, remote, port, protocol), (direction, slot))
)
SELECT * FROM counted WHERE is_talker = 0
UNION ALL
(SELECT * FROM counted WHERE is_talker = 1 AND direction = 'upload' ORDER BY bytes DESC, client, remote, port LIMIT $most)
UNION ALL
(SELECT * FROM counted WHERE is_talker = 1 AND direction = 'download' ORDER BY bytes DESC, client, remote, port LIMIT $most)
