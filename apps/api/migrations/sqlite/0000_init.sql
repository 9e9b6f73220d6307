CREATE TABLE `api_call_counts` (
	`minute` integer NOT NULL,
	`app_id` text NOT NULL,
	`endpoint` text NOT NULL,
	`errcode` text NOT NULL,
	`calls` integer NOT NULL,
	PRIMARY KEY(`minute`, `app_id`, `endpoint`, `errcode`)
);
--> statement-breakpoint
CREATE TABLE `api_failures` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`app_id` text NOT NULL,
	`endpoint` text NOT NULL,
	`errcode` text NOT NULL,
	`errmsg` text NOT NULL,
	`rid` text,
	`openid` text,
	`attempt` integer NOT NULL,
	`latency_ms` integer NOT NULL,
	`sign_in_id` text
);
--> statement-breakpoint
CREATE INDEX `api_failures_at` ON `api_failures` (`at`,`id`);--> statement-breakpoint
CREATE INDEX `api_failures_errcode` ON `api_failures` (`errcode`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `api_failures_app` ON `api_failures` (`app_id`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `api_failures_sign_in` ON `api_failures` (`sign_in_id`);--> statement-breakpoint
CREATE INDEX `api_failures_openid` ON `api_failures` (`openid`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `api_failures_rid` ON `api_failures` (`rid`);--> statement-breakpoint
CREATE TABLE `app_tokens` (
	`app_id` text NOT NULL,
	`kind` text NOT NULL,
	`token` text,
	`fingerprint` text,
	`source` text NOT NULL,
	`generation` integer NOT NULL,
	`fetched_at` integer,
	`expires_at` integer,
	`requested_by` text,
	`lease_holder` text,
	`lease_until` integer,
	`last_failure_at` integer,
	`last_errcode` text,
	`failures_in_row` integer NOT NULL,
	PRIMARY KEY(`app_id`, `kind`)
);
--> statement-breakpoint
CREATE TABLE `audit_log` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`operator_id` text,
	`event` text NOT NULL,
	`target` text,
	`result` text NOT NULL,
	`ip` text
);
--> statement-breakpoint
CREATE INDEX `audit_log_at` ON `audit_log` (`at`,`id`);--> statement-breakpoint
CREATE TABLE `bindings` (
	`id` text PRIMARY KEY NOT NULL,
	`app_id` text NOT NULL,
	`openid` text NOT NULL,
	`user_id` text NOT NULL,
	`unionid` text,
	`scope` text NOT NULL,
	`nickname` text,
	`nickname_folded` text,
	`avatar_url` text,
	`profile_at` integer,
	`created_at` integer NOT NULL,
	`last_sign_in_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `bindings_app_openid` ON `bindings` (`app_id`,`openid`);--> statement-breakpoint
CREATE INDEX `bindings_user` ON `bindings` (`user_id`);--> statement-breakpoint
CREATE INDEX `bindings_openid` ON `bindings` (`openid`);--> statement-breakpoint
CREATE INDEX `bindings_unionid` ON `bindings` (`unionid`);--> statement-breakpoint
CREATE TABLE `identity_conflicts` (
	`id` text PRIMARY KEY NOT NULL,
	`group` text NOT NULL,
	`unionid` text NOT NULL,
	`user_id` text NOT NULL,
	`other_user_id` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `identity_conflicts_once` ON `identity_conflicts` (`group`,`unionid`,`user_id`);--> statement-breakpoint
CREATE TABLE `operator_links` (
	`secret_hash` text PRIMARY KEY NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `operator_sessions` (
	`secret_hash` text PRIMARY KEY NOT NULL,
	`operator_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`ip` text,
	`user_agent` text,
	FOREIGN KEY (`operator_id`) REFERENCES `operators`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `operator_sessions_operator` ON `operator_sessions` (`operator_id`);--> statement-breakpoint
CREATE INDEX `operator_sessions_expires` ON `operator_sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `operators` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`password_hash` text NOT NULL,
	`role` text NOT NULL,
	`status` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `operators_username` ON `operators` (`username`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`secret_hash` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`user_id` text NOT NULL,
	`sign_in_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`ip` text,
	`user_agent` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_id` ON `sessions` (`id`);--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `sessions_expires` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE INDEX `sessions_last_seen` ON `sessions` (`last_seen_at`);--> statement-breakpoint
CREATE TABLE `sign_in_events` (
	`id` text PRIMARY KEY NOT NULL,
	`sign_in_id` text NOT NULL,
	`at` integer NOT NULL,
	`kind` text NOT NULL,
	`duration_ms` integer,
	`detail` text,
	FOREIGN KEY (`sign_in_id`) REFERENCES `sign_ins`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `sign_in_events_sign_in` ON `sign_in_events` (`sign_in_id`,`id`);--> statement-breakpoint
CREATE TABLE `sign_in_trips` (
	`state_hash` text PRIMARY KEY NOT NULL,
	`sign_in_id` text NOT NULL,
	`scope` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`claimed_at` integer,
	`outcome` text,
	`page` text,
	`errcode` text,
	FOREIGN KEY (`sign_in_id`) REFERENCES `sign_ins`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `sign_in_trips_sign_in` ON `sign_in_trips` (`sign_in_id`);--> statement-breakpoint
CREATE TABLE `sign_ins` (
	`id` text PRIMARY KEY NOT NULL,
	`purpose` text NOT NULL,
	`app_id` text NOT NULL,
	`return_to` text NOT NULL,
	`browser_hash` text NOT NULL,
	`ip` text,
	`user_agent` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`outcome` text,
	`outcome_at` integer,
	`openid` text,
	`user_id` text
);
--> statement-breakpoint
CREATE INDEX `sign_ins_created` ON `sign_ins` (`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `sign_ins_user` ON `sign_ins` (`user_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `sign_ins_outcome` ON `sign_ins` (`outcome`,`expires_at`);--> statement-breakpoint
CREATE INDEX `sign_ins_openid` ON `sign_ins` (`openid`);--> statement-breakpoint
CREATE INDEX `sign_ins_ip` ON `sign_ins` (`ip`);--> statement-breakpoint
CREATE TABLE `throttles` (
	`key` text PRIMARY KEY NOT NULL,
	`count` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `throttles_expires` ON `throttles` (`expires_at`);--> statement-breakpoint
CREATE TABLE `unions` (
	`group` text NOT NULL,
	`unionid` text NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`group`, `unionid`)
);
--> statement-breakpoint
CREATE TABLE `user_tokens` (
	`binding_id` text PRIMARY KEY NOT NULL,
	`access_token` text NOT NULL,
	`refresh_token` text NOT NULL,
	`scope` text NOT NULL,
	`scope_rank` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`refresh_expires_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`binding_id`) REFERENCES `bindings`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `user_tokens_updated` ON `user_tokens` (`updated_at`,`binding_id`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`external_id` text,
	`status` text DEFAULT 'active' NOT NULL,
	`created_at` integer NOT NULL,
	`last_sign_in_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_external_id` ON `users` (`external_id`);--> statement-breakpoint
CREATE INDEX `users_created` ON `users` (`created_at`,`id`);