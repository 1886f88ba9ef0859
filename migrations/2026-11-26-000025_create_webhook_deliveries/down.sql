DROP TABLE webhook_attempts, webhook_deliveries, webhook_health, webhook_routes;
