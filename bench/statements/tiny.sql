-- `{ viewer { id login } }` for anybody who is signed in.
SELECT convert_to('{"data":{"viewer":{"id":"' || encode(('Viewer:' || account.id)::bytea, 'base64')
    || '","login":' || to_json(account.login) || '}}}', 'UTF8')
FROM session
JOIN account ON account.id = session.account_id AND account.blocked_at IS NULL
WHERE session.id = $1 AND session.ended_at IS NULL AND session.expires_at > now()
  AND account.id = $2
