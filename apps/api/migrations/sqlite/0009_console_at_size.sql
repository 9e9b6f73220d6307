CREATE TABLE `error_group_counts` (
	`group_id` text NOT NULL,
	`minutes` integer NOT NULL,
	`slot` integer NOT NULL,
	`events` integer NOT NULL,
	`unnamed` integer NOT NULL,
	`first_at` integer NOT NULL,
	`last_at` integer NOT NULL,
	PRIMARY KEY(`group_id`, `minutes`, `slot`)
);
--> statement-breakpoint
CREATE INDEX `error_group_counts_slot` ON `error_group_counts` (`minutes`,`slot`);--> statement-breakpoint
CREATE TABLE `error_group_people` (
	`group_id` text NOT NULL,
	`who` text NOT NULL,
	`last_at` integer NOT NULL,
	PRIMARY KEY(`group_id`, `who`)
);
--> statement-breakpoint
CREATE INDEX `error_group_people_last` ON `error_group_people` (`group_id`,`last_at`);--> statement-breakpoint
CREATE INDEX `error_group_people_who` ON `error_group_people` (`who`);--> statement-breakpoint
CREATE INDEX `error_group_people_expired` ON `error_group_people` (`last_at`);--> statement-breakpoint
CREATE TABLE `error_groups` (
	`id` text PRIMARY KEY NOT NULL,
	`app_id` text NOT NULL,
	`endpoint` text NOT NULL,
	`errcode` text NOT NULL,
	`state` text DEFAULT 'open' NOT NULL,
	`state_at` integer,
	`state_by` text,
	`resolved_at` integer,
	`muted_until` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `error_groups_kind` ON `error_groups` (`app_id`,`endpoint`,`errcode`);--> statement-breakpoint
CREATE TABLE `nickname_grams` (
	`gram` text NOT NULL,
	`binding_id` text NOT NULL,
	PRIMARY KEY(`gram`, `binding_id`),
	FOREIGN KEY (`binding_id`) REFERENCES `bindings`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `nickname_grams_binding` ON `nickname_grams` (`binding_id`);--> statement-breakpoint
DROP INDEX `sign_ins_openid`;--> statement-breakpoint
DROP INDEX `sign_ins_ip`;--> statement-breakpoint
CREATE INDEX `sign_ins_ended` ON `sign_ins` (`outcome`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `sign_ins_openid` ON `sign_ins` (`openid`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `sign_ins_ip` ON `sign_ins` (`ip`,`created_at`,`id`);--> statement-breakpoint
ALTER TABLE `bindings` ADD `searchable_as` text;--> statement-breakpoint
CREATE INDEX `bindings_not_searchable` ON `bindings` (`id`) WHERE "bindings"."nickname_folded" is distinct from "bindings"."searchable_as";--> statement-breakpoint
CREATE TABLE `__new_user_tokens` (
	`binding_id` text PRIMARY KEY NOT NULL,
	`app_id` text NOT NULL,
	`access_token` text NOT NULL,
	`refresh_token` text NOT NULL,
	`scope` text NOT NULL,
	`scope_rank` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`refresh_expires_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`checked_at` integer,
	`refused_errcode` text,
	FOREIGN KEY (`binding_id`) REFERENCES `bindings`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
INSERT INTO `__new_user_tokens` SELECT t.`binding_id`, b.`app_id`, t.`access_token`, t.`refresh_token`, t.`scope`, t.`scope_rank`, t.`expires_at`, t.`refresh_expires_at`, t.`updated_at`, t.`checked_at`, t.`refused_errcode` FROM `user_tokens` t JOIN `bindings` b ON b.`id` = t.`binding_id`;--> statement-breakpoint
DROP TABLE `user_tokens`;--> statement-breakpoint
ALTER TABLE `__new_user_tokens` RENAME TO `user_tokens`;--> statement-breakpoint
CREATE INDEX `user_tokens_updated` ON `user_tokens` (`updated_at`,`binding_id`);--> statement-breakpoint
CREATE INDEX `user_tokens_app` ON `user_tokens` (`app_id`,`updated_at`,`binding_id`);--> statement-breakpoint
CREATE INDEX `user_tokens_refused` ON `user_tokens` (`updated_at`,`binding_id`) WHERE "user_tokens"."refused_errcode" is not null;--> statement-breakpoint
CREATE INDEX `users_status` ON `users` (`status`,`created_at`,`id`);--> statement-breakpoint
INSERT INTO error_groups (id, app_id, endpoint, errcode) SELECT min(id), app_id, endpoint, errcode FROM api_failures GROUP BY app_id, endpoint, errcode;--> statement-breakpoint
INSERT INTO error_group_counts (minutes, slot, group_id, events, unnamed, first_at, last_at) SELECT 15, f.at / 900000, g.id, count(*), count(*) - count(f.openid), min(f.at), max(f.at) FROM api_failures f JOIN error_groups g ON g.app_id = f.app_id AND g.endpoint = f.endpoint AND g.errcode = f.errcode GROUP BY 2, 3;--> statement-breakpoint
INSERT INTO error_group_counts (minutes, slot, group_id, events, unnamed, first_at, last_at) SELECT 1440, f.at / 86400000, g.id, count(*), count(*) - count(f.openid), min(f.at), max(f.at) FROM api_failures f JOIN error_groups g ON g.app_id = f.app_id AND g.endpoint = f.endpoint AND g.errcode = f.errcode GROUP BY 2, 3;--> statement-breakpoint
INSERT INTO error_group_people (group_id, who, last_at) SELECT group_id, who, max(at) FROM (SELECT g.id AS group_id, f.at, CASE WHEN f.openid IS NOT NULL THEN 'o' || f.openid WHEN s.browser_user_id IS NOT NULL THEN 'u' || s.browser_user_id WHEN s.browser_hash IS NOT NULL THEN 'b' || s.browser_hash END AS who FROM api_failures f JOIN error_groups g ON g.app_id = f.app_id AND g.endpoint = f.endpoint AND g.errcode = f.errcode LEFT JOIN sign_ins s ON f.openid IS NULL AND s.id = f.sign_in_id) affected WHERE who IS NOT NULL GROUP BY group_id, who;
