CREATE TABLE `audit_anchors` (
	`name` text PRIMARY KEY NOT NULL,
	`seal_number` integer NOT NULL,
	`seal` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `audit_details` (
	`audit_id` text PRIMARY KEY NOT NULL,
	`user_id` text,
	`detail` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_details_user` ON `audit_details` (`user_id`);--> statement-breakpoint
CREATE TABLE `blocked_identities` (
	`hash` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `consents` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`binding_id` text NOT NULL,
	`purpose` text NOT NULL,
	`answer` text NOT NULL,
	`notice_version` text,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `consents_user` ON `consents` (`user_id`);--> statement-breakpoint
CREATE INDEX `consents_binding` ON `consents` (`binding_id`,`purpose`,`at`);--> statement-breakpoint
CREATE TABLE `erasures` (
	`user_id` text PRIMARY KEY NOT NULL,
	`operator_id` text,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `external_users` (
	`client_id` text NOT NULL,
	`external_id` text NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`client_id`, `external_id`)
);
--> statement-breakpoint
CREATE INDEX `external_users_user` ON `external_users` (`user_id`);--> statement-breakpoint
CREATE INDEX `external_users_external_id` ON `external_users` (`external_id`);--> statement-breakpoint
CREATE TABLE `imports` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`records` integer NOT NULL,
	`counts` text NOT NULL,
	`started_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`done_at` integer
);
--> statement-breakpoint
CREATE TABLE `merge_moves` (
	`merge_id` text NOT NULL,
	`kind` text NOT NULL,
	`key` text NOT NULL,
	PRIMARY KEY(`merge_id`, `kind`, `key`),
	FOREIGN KEY (`merge_id`) REFERENCES `merges`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `merges` (
	`id` text PRIMARY KEY NOT NULL,
	`conflict_id` text,
	`from_user_id` text NOT NULL,
	`into_user_id` text NOT NULL,
	`operator_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`undone_at` integer,
	`undone_by` text
);
--> statement-breakpoint
CREATE INDEX `merges_created` ON `merges` (`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `merges_from` ON `merges` (`from_user_id`);--> statement-breakpoint
CREATE INDEX `merges_into` ON `merges` (`into_user_id`);--> statement-breakpoint
DROP INDEX `users_external_id`;--> statement-breakpoint
ALTER TABLE `users` DROP COLUMN `external_id`;--> statement-breakpoint
ALTER TABLE `audit_log` ADD `seal_number` integer;--> statement-breakpoint
ALTER TABLE `audit_log` ADD `seal` text;--> statement-breakpoint
CREATE UNIQUE INDEX `audit_log_seal_number` ON `audit_log` (`seal_number`);--> statement-breakpoint
ALTER TABLE `identity_conflicts` ADD `resolved_at` integer;--> statement-breakpoint
ALTER TABLE `identity_conflicts` ADD `resolution` text;--> statement-breakpoint
CREATE INDEX `identity_conflicts_created` ON `identity_conflicts` (`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `identity_conflicts_user` ON `identity_conflicts` (`user_id`);--> statement-breakpoint
CREATE INDEX `identity_conflicts_other_user` ON `identity_conflicts` (`other_user_id`);--> statement-breakpoint
ALTER TABLE `sign_ins` ADD `session_id` text;--> statement-breakpoint
ALTER TABLE `sign_ins` ADD `notice_version` text;