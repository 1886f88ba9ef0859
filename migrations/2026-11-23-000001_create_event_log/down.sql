DROP FUNCTION append_events;
DROP FUNCTION event_lane;
DROP TABLE parked, checkpoints, leases, snapshots, claims, commands, events, log_incarnation, log_head;
DROP FUNCTION refuse_to_change_events;
