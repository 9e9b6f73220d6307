CREATE TABLE `group_joins` (
	`app_id` text NOT NULL,
	`group` text NOT NULL,
	`after` text NOT NULL,
	`done_at` integer,
	PRIMARY KEY(`app_id`, `group`)
);
--> statement-breakpoint
ALTER TABLE `bindings` ADD `unionid_checked_at` integer;