-- The way back from 20261121140345_roles.
-- Roles belong to the server, and other databases may use them: they stay.
SELECT 1;
