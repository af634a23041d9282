-- Inbox for anybody who is signed in: the newest messages, and how many there are.
WITH me AS MATERIALIZED (
    SELECT account.id, account.person_id
    FROM session
    JOIN account ON account.id = session.account_id AND account.blocked_at IS NULL
    WHERE session.id = $1 AND session.ended_at IS NULL AND session.expires_at > now()
      AND account.id = $2
),
page AS MATERIALIZED (
    SELECT row_number() OVER (ORDER BY receipt.message_id DESC) AS place,
           receipt.id, receipt.message_id, receipt.read_at,
           encode(('[' || receipt.message_id || ']')::bytea, 'base64') AS cursor
    FROM me
    JOIN message_receipt receipt ON receipt.recipient_id = me.person_id
    ORDER BY receipt.message_id DESC LIMIT $3 + 1
)
SELECT convert_to('{"data":{"viewer":' || (
    SELECT '{"id":"' || encode(('Viewer:' || me.id)::bytea, 'base64')
        || '","inbox":{"totalCount":' || (
            SELECT count(*) FROM message_receipt receipt WHERE receipt.recipient_id = me.person_id
        )
        || ',"edges":[' || coalesce((
            SELECT string_agg(
                '{"cursor":"' || page.cursor
                || '","node":{"id":"' || encode(('MessageReceipt:' || page.id)::bytea, 'base64')
                || '","readAt":' || coalesce(
                    '"' || replace((page.read_at AT TIME ZONE 'UTC')::text, ' ', 'T') || '+00:00"',
                    'null')
                || ',"message":{"id":"' || encode(('Message:' || message.id)::bytea, 'base64')
                || '","subject":' || to_json(message.subject)
                || ',"body":' || to_json(message.body)
                || ',"sentAt":"' || replace((message.sent_at AT TIME ZONE 'UTC')::text, ' ', 'T')
                || '+00:00","sender":{"id":"'
                || encode(('Correspondent:' || sender.id)::bytea, 'base64')
                || '","fullName":' || to_json(sender.full_name) || '}}}}',
                ',' ORDER BY page.place)
            FROM page
            JOIN message ON message.id = page.message_id
            JOIN person sender ON sender.id = message.sender_id
            WHERE page.place <= $3
        ), '')
        || '],"pageInfo":{"hasNextPage":' || (SELECT count(*) > $3 FROM page)
        || ',"endCursor":' || coalesce((
            SELECT '"' || page.cursor || '"' FROM page
            WHERE page.place <= $3 ORDER BY page.place DESC LIMIT 1
        ), 'null') || '}}}'
    FROM me
) || '}}', 'UTF8')
