-- Roles belong to the server, and other databases may use them: they stay. (SELECT 1, because a way down says something.)
SELECT 1;
