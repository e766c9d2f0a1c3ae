-- What the API page and the studio say about the help desk's tables.
COMMENT ON TABLE tickets IS 'What somebody asked for, and how far it is';
COMMENT ON COLUMN tickets.metadata IS 'Where it came from and what it is about; searched with the operators of jsonb';
COMMENT ON COLUMN tickets.escalation_level IS '0 to 5; goes up while the ticket is overdue';
COMMENT ON COLUMN tickets.is_public IS 'Strangers may read it';
COMMENT ON TABLE comments IS 'What was said about a ticket';
COMMENT ON COLUMN comments.is_internal IS 'A note among colleagues';
COMMENT ON TABLE organizations IS 'Who the help desk works for';
COMMENT ON TABLE members IS 'Who belongs to which organization';
COMMENT ON TABLE users IS 'People, known by the identity provider that signs them in';
COMMENT ON COLUMN users.external_id IS 'The id at the identity provider';
COMMENT ON TABLE user_roles IS 'A role may hold everywhere, in a domain, or in one scope of it';
COMMENT ON TABLE categories IS 'Kinds of tickets, with the hours they may take';
COMMENT ON TABLE category_assignments IS 'Who looks after a category, and who does first';
COMMENT ON TABLE activity_log IS 'What happened to a ticket, for people to read';
