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
uploads AS (
    SELECT
        sender AS client,
        CASE WHEN NOT is_short THEN receiver END AS remote,
        dstport AS port,
        protocol,
        MAX(receiver_service) AS service,
        SUM(bytes) AS bytes,
        SUM(packets) AS packets
    FROM told
    WHERE direction = 'upload'
    GROUP BY 1, 2, 3, 4
),
downloads AS (
    SELECT
        receiver AS client,
        CASE WHEN NOT is_short THEN sender END AS remote,
        srcport AS port,
        protocol,
        MAX(sender_service) AS service,
        SUM(bytes) AS bytes,
        SUM(packets) AS packets
    FROM told
    WHERE direction = 'download'
    GROUP BY 1, 2, 3, 4
),
slots AS (
    SELECT
        direction,
        began - began % $slot AS slot,
        SUM(bytes) AS bytes,
        COUNT(*) AS records,
        MIN(began) AS began,
        MAX(ended) AS ended
    FROM told
    GROUP BY 1, 2
)
SELECT
    0 AS is_talker, direction,
    NULL AS client, NULL AS remote, NULL AS port, NULL AS protocol, NULL AS service, bytes, NULL AS packets,
    slot, records, began, ended
FROM slots
UNION ALL
(
    SELECT 1, 'upload', client, remote, port, protocol, service, bytes, packets, NULL, NULL, NULL, NULL
    FROM uploads ORDER BY bytes DESC, client, remote, port LIMIT $most
)
UNION ALL
(
    SELECT 1, 'download', client, remote, port, protocol, service, bytes, packets, NULL, NULL, NULL, NULL
    FROM downloads ORDER BY bytes DESC, client, remote, port LIMIT $most
)
