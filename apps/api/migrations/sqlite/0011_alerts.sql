CREATE TABLE `alert_channels` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`url` text NOT NULL,
	`host` text NOT NULL,
	`secret` text,
	`language` text NOT NULL,
	`time_zone` text NOT NULL,
	`quiet_from` integer,
	`quiet_to` integer,
	`created_at` integer NOT NULL,
	`disabled_at` integer,
	`lease_until` integer,
	`last_sent_at` integer,
	`failing_since` integer,
	`last_error` text,
	`failures` integer DEFAULT 0 NOT NULL,
	`retry_at` integer
);
--> statement-breakpoint
CREATE TABLE `alert_deliveries` (
	`channel_id` text NOT NULL,
	`incident_id` text NOT NULL,
	`change` text NOT NULL,
	`state` text NOT NULL,
	`due_at` integer,
	`sent_at` integer,
	PRIMARY KEY(`channel_id`, `incident_id`, `change`),
	FOREIGN KEY (`channel_id`) REFERENCES `alert_channels`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`incident_id`) REFERENCES `alert_incidents`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `alert_deliveries_due` ON `alert_deliveries` (`channel_id`,`due_at`);--> statement-breakpoint
CREATE INDEX `alert_deliveries_incident` ON `alert_deliveries` (`incident_id`);--> statement-breakpoint
CREATE TABLE `alert_incidents` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`app_id` text,
	`endpoint` text,
	`errcode` text,
	`people` integer,
	`events` integer,
	`percent` integer,
	`opened_at` integer NOT NULL,
	`last_at` integer NOT NULL,
	`told_at` integer NOT NULL,
	`recovered_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alert_incidents_open` ON `alert_incidents` (`kind`,`subject`) WHERE "alert_incidents"."recovered_at" is null;--> statement-breakpoint
CREATE INDEX `alert_incidents_subject` ON `alert_incidents` (`kind`,`subject`);--> statement-breakpoint
CREATE INDEX `alert_incidents_recovered` ON `alert_incidents` (`recovered_at`);