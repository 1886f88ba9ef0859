DROP INDEX files_owner_position;
