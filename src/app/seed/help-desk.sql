-- The demo's rows: the same ones every time, made by Postgres in a few statements so that a first start stays fast.
-- Times count from a fixed day; choices follow from the row's number.

INSERT INTO roles (id, name, description) VALUES
  (1, 'super_admin', 'Everything, everywhere'),
  (2, 'domain_admin', 'Looks after one domain'),
  (3, 'agent', 'Works on tickets'),
  (4, 'requester', 'Opens tickets');

INSERT INTO organizations (id, name, slug, plan, settings, created_at, updated_at)
SELECT
  'org_' || lpad(to_hex(1788220800000 + nr * 86400000), 11, '0') || left(md5('org' || nr), 13), name, slug, plan::plan,
  jsonb_build_object('locale', locale, 'businessHours', jsonb_build_object('from', '08:00', 'to', '18:00', 'timezone', zone)),
  at, at
FROM (VALUES
  (1, 'Northwind Campus', 'northwind-campus', 'ENTERPRISE', 'en-GB', 'Europe/London'),
  (2, 'Meridian Clinic', 'meridian-clinic', 'PRO', 'de-DE', 'Europe/Berlin'),
  (3, 'Harbour Logistics', 'harbour-logistics', 'PRO', 'nl-NL', 'Europe/Amsterdam'),
  (4, 'Juniper Studio', 'juniper-studio', 'FREE', 'en-US', 'America/New_York')
) AS it (nr, name, slug, plan, locale, zone),
LATERAL (SELECT timestamptz '2026-09-01 08:00Z' + nr * interval '1 day') AS t (at);

INSERT INTO users (id, external_id, email, name, phone, is_staff, created_at, updated_at)
SELECT
  'usr_' || lpad(to_hex(1788307200000 + nr * 3600000), 11, '0') || left(md5('usr' || nr), 13), 'user_' || left(md5('clerk' || nr), 24),
  lower(first || '.' || last) || CASE WHEN nr <= 12 THEN '@helpdesk.example' ELSE '@example.com' END,
  first || ' ' || last, '+44 20 7946 0' || lpad((nr * 37 % 1000)::text, 3, '0'), nr <= 12, at, at
FROM (
  SELECT nr::int,
    (ARRAY['Ada','Bashir','Carla','Dmitri','Elif','Farah','Gustav','Hana','Ivo','Jamila','Kenji','Lena','Mateo','Nadia','Oskar','Priya',
      'Quentin','Rosa','Samir','Tove','Uma','Viktor','Wanda','Ximena','Yusuf','Zora'])[1 + (nr - 1) % 26] AS first,
    (ARRAY['Lindqvist','Okafor','Moreau','Petrov','Yilmaz','Haddad','Berg','Tanaka','Novak','Diallo','Sato','Fischer','Rossi','Karim',
      'Nilsen','Sharma','Dubois'])[1 + (nr * 5 + nr / 17) % 17] AS last
  FROM generate_series(1, 60) AS nr
) AS person,
LATERAL (SELECT timestamptz '2026-09-02 08:00Z' + nr * interval '1 hour') AS t (at);

-- Numbered, for what follows.
CREATE TEMPORARY TABLE seed_people ON COMMIT DROP AS SELECT id, name, row_number() OVER (ORDER BY id)::int AS nr FROM users;
CREATE TEMPORARY TABLE seed_organizations ON COMMIT DROP AS SELECT id, row_number() OVER (ORDER BY id)::int AS nr FROM organizations;

INSERT INTO members (id, organization_id, user_id, role)
SELECT 'mem_' || lpad(to_hex(1788307200000 + p.nr * 60000), 11, '0') || left(md5('mem' || p.nr || o.nr), 13), o.id, p.id,
  CASE WHEN p.nr BETWEEN 13 AND 16 THEN 'owner' WHEN p.nr BETWEEN 17 AND 20 THEN 'admin' ELSE 'member' END::member_role
FROM seed_people p JOIN seed_organizations o ON p.nr <= 12 OR o.nr = 1 + (p.nr - 13) % 4;

INSERT INTO user_roles (user_id, role_id, domain, scope)
SELECT id, CASE WHEN nr = 1 THEN 1 WHEN nr <= 4 THEN 2 WHEN nr <= 12 THEN 3 ELSE 4 END,
  CASE WHEN nr BETWEEN 2 AND 4 THEN (ARRAY['it','facilities','people'])[nr - 1] END,
  CASE WHEN nr BETWEEN 5 AND 12 THEN 'floor-' || 1 + nr % 4 END
FROM seed_people;

INSERT INTO notification_settings (user_id, slack_enabled, preferences)
SELECT id, nr % 3 <> 0, jsonb_build_object('theme', (ARRAY['light','dark'])[1 + nr % 2], 'digest', (ARRAY['never','daily','weekly'])[1 + nr % 3])
FROM seed_people;

INSERT INTO categories (id, name, slug, description, turnaround_hours) VALUES
  (1, 'Network', 'network', 'Wi-Fi, VPN and wired connections', 24),
  (2, 'Hardware', 'hardware', 'Laptops, printers, phones and screens', 72),
  (3, 'Accounts', 'accounts', 'Sign-in, passwords and permissions', 8),
  (4, 'Software', 'software', 'Applications and licences', 48),
  (5, 'Facilities', 'facilities', 'Rooms, furniture, heating and light', 96),
  (6, 'Finance', 'finance', 'Invoices, refunds and cost centres', 120);

CREATE TEMPORARY TABLE seed_problems (nr int, category_id int, subcategory text, title text, description text) ON COMMIT DROP;
INSERT INTO seed_problems VALUES
  (0, 1, 'Wi-Fi', 'Wi-Fi drops every few minutes', 'The connection is lost and comes back after about half a minute, since this morning.'),
  (1, 3, 'Passwords', 'Locked out after a password change', 'The new password works in the portal but not on my laptop.'),
  (2, 2, 'Printers', 'Printer jams on double-sided pages', 'Single pages come out fine; anything double-sided jams at the back.'),
  (3, 5, 'Heating', 'Meeting room is far too cold', 'It was sixteen degrees at nine o''clock and the radiator stays cold.'),
  (4, 4, 'Licences', 'Licence for the design tools has expired', 'The application starts in trial mode and asks for a licence key.'),
  (5, 1, 'VPN', 'VPN connects but nothing loads', 'It says connected, and yet no internal page opens. The public web works.'),
  (6, 6, 'Invoices', 'Invoice was sent to the wrong cost centre', 'Invoice 2026-1148 should have gone to the workshop and not to the library.'),
  (7, 2, 'Laptops', 'Laptop battery lasts under an hour', 'It used to last most of a day. The health report says 41 percent.'),
  (8, 3, 'Permissions', 'No access to the shared drive', 'I moved to the new team last week and still see only the old folders.'),
  (9, 5, 'Lighting', 'Lights flicker in the corridor', 'Third floor, east side, near the stairs. It is worse in the evening.'),
  (10, 4, 'Email', 'Calendar invitations arrive twice', 'Every invitation from outside shows up two times, and accepting one declines the other.'),
  (11, 2, 'Screens', 'Second screen is not detected', 'With the dock connected only the laptop''s own screen stays on.'),
  (12, 1, 'Cabling', 'Network socket is dead', 'The socket next to the window gives no link with two different cables.'),
  (13, 6, 'Refunds', 'Refund for a cancelled course is missing', 'The course was cancelled on the third; the form says within ten days.'),
  (14, 3, 'Sign-in', 'Two-factor codes are rejected', 'Every code from the authenticator is refused since I got a new phone.'),
  (15, 5, 'Furniture', 'Standing desk stuck at the top', 'The desk moves up but no longer down, and the display shows E08.'),
  (16, 4, 'Applications', 'Report export fails with an error', 'Exporting more than a month ends in a blank page after two minutes.'),
  (17, 2, 'Phones', 'Desk phone shows no line', 'It restarted overnight, and since then it says that registration failed.');

INSERT INTO subcategories (id, category_id, name, slug)
SELECT row_number() OVER (ORDER BY category_id, subcategory), category_id, subcategory, lower(subcategory) FROM seed_problems;

INSERT INTO category_assignments (category_id, user_id, is_primary, priority)
SELECT c.id, p.id, p.nr = 1 + c.id, CASE WHEN p.nr = 1 + c.id THEN 0 ELSE 1 END
FROM categories c JOIN seed_people p ON p.nr IN (1 + c.id, 6 + c.id);

INSERT INTO tickets (id, organization_id, category_id, subcategory_id, requester_id, assignee_id, title, description, status, priority, is_public,
  location, metadata, attachments, escalation_level, last_escalation_at, due_at, resolved_at, created_by, updated_by, created_at, updated_at)
SELECT
  t.nr, o.id, c.id, s.id, requester.id, assignee.id, problem.title, problem.description, t.status::ticket_status,
  (ARRAY['NORMAL','NORMAL','HIGH','LOW','NORMAL','URGENT'])[1 + t.nr * 5 % 6]::ticket_priority, t.nr % 9 <> 0,
  building || ', room ' || room,
  jsonb_build_object('source', (ARRAY['web','email','chat','phone'])[1 + t.nr % 4], 'building', building, 'room', room::text,
    'tags', to_jsonb(ARRAY[lower(problem.subcategory), (ARRAY['first-floor','remote','visitor','recurring'])[1 + t.nr * 3 % 4]]))
    || CASE WHEN c.id IN (1, 2, 4) THEN jsonb_build_object('device', jsonb_build_object('os', (ARRAY['macOS','Windows','Linux'])[1 + t.nr % 3]))
       ELSE '{}' END
    || CASE WHEN t.status = 'CLOSED' THEN jsonb_build_object('satisfaction', 1 + (t.nr * 7 + 3) % 5) ELSE '{}' END,
  CASE WHEN t.nr % 7 = 0 THEN jsonb_build_array(jsonb_build_object('name', 'photo-' || t.nr || '.jpg',
    'url', 'https://files.example.com/tickets/' || t.nr || '/photo.jpg', 'bytes', 81920 + t.nr * 613, 'type', 'image/jpeg')) ELSE '[]' END,
  escalation, CASE WHEN escalation > 0 THEN due + escalation * interval '4 hours' END, due, done, requester.id, coalesce(assignee.id, requester.id), at,
  coalesce(done, at)
FROM (
  SELECT nr,
    CASE WHEN nr <= 150 THEN (ARRAY['CLOSED','CLOSED','RESOLVED'])[1 + nr % 3]
         WHEN nr <= 260 THEN (ARRAY['CLOSED','RESOLVED','RESOLVED','IN_PROGRESS','WAITING','OPEN'])[1 + nr % 6]
         ELSE (ARRAY['OPEN','OPEN','IN_PROGRESS','WAITING'])[1 + nr % 4] END AS status
  FROM generate_series(1, 320) AS nr OFFSET 0 -- computed once for each row, here and below
) AS t
JOIN seed_problems problem ON problem.nr = t.nr * 11 % 18
JOIN categories c ON c.id = problem.category_id
JOIN subcategories s ON s.category_id = c.id AND s.name = problem.subcategory
JOIN seed_people requester ON requester.nr = 13 + t.nr * 17 % 48
JOIN seed_organizations o ON o.nr = 1 + (requester.nr - 13) % 4
LEFT JOIN seed_people assignee ON assignee.nr = 1 + t.nr * 5 % 12 AND (t.status <> 'OPEN' OR t.nr % 2 = 0)
CROSS JOIN LATERAL (SELECT
  timestamptz '2026-09-07 08:00Z' + t.nr * interval '5 hours 17 minutes' AS at,
  (ARRAY['Library','Workshop','Main building','North wing','Clinic'])[1 + t.nr * 3 % 5] AS building,
  100 * (1 + t.nr % 4) + t.nr * 7 % 40 AS room OFFSET 0) AS place
CROSS JOIN LATERAL (SELECT at + c.turnaround_hours * interval '1 hour' AS due,
  CASE WHEN t.status IN ('RESOLVED', 'CLOSED') THEN at + (1 + t.nr * 13 % 40) * interval '1 hour 20 minutes' END AS done OFFSET 0) AS times
CROSS JOIN LATERAL (SELECT CASE WHEN done IS NULL AND t.nr % 5 = 0 THEN 1 + t.nr % 3 ELSE 0 END AS escalation OFFSET 0) AS e
ORDER BY t.nr;

INSERT INTO comments (id, ticket_id, author_id, body, is_internal, created_at, updated_at)
SELECT 'cmt_' || lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 11, '0') || left(md5('cmt' || t.id || n), 13), t.id,
  CASE WHEN n = 2 THEN t.requester_id ELSE coalesce(t.assignee_id, (SELECT id FROM seed_people WHERE nr = 1)) END,
  CASE n
    WHEN 1 THEN (ARRAY['Thank you for the report, I am looking into it.','I could reproduce this and will get back to you today.',
      'Could you tell me when it started, and whether others see it too?'])[1 + t.id % 3]
    WHEN 2 THEN (ARRAY['It still happens, about three times an hour.','Two colleagues have the same problem.','That helped, thank you!'])[1 + t.id % 3]
    ELSE (ARRAY['Ordered a replacement part.','Same cause as last week, see the log.','Waiting for the supplier to call back.'])[1 + t.id % 3]
  END, n = 3, at, at
FROM tickets t CROSS JOIN generate_series(1, 3) AS n CROSS JOIN LATERAL (SELECT t.created_at + n * interval '47 minutes' OFFSET 0) AS times (at)
WHERE t.id % 4 + 1 > n OR n = 1
ORDER BY at;

INSERT INTO activity_log (ticket_id, actor_id, action, details, created_at)
SELECT id, requester_id, 'created', jsonb_build_object('priority', priority), created_at FROM tickets
UNION ALL
SELECT id, assignee_id, 'status_change', jsonb_build_object('from', 'IN_PROGRESS', 'to', status), resolved_at FROM tickets WHERE resolved_at IS NOT NULL
ORDER BY 5, 1;

-- The next row made by hand gets the next number.
SELECT setval(pg_get_serial_sequence('roles', 'id'), max(id)) FROM roles;
SELECT setval(pg_get_serial_sequence('categories', 'id'), max(id)) FROM categories;
SELECT setval(pg_get_serial_sequence('subcategories', 'id'), max(id)) FROM subcategories;
SELECT setval(pg_get_serial_sequence('tickets', 'id'), max(id)) FROM tickets;
