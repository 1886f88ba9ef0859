DROP INDEX users_suspended;
DROP INDEX users_roles;
