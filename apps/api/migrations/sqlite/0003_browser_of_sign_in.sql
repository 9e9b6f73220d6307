ALTER TABLE `audit_log` ADD `errcode` text;--> statement-breakpoint
ALTER TABLE `sign_ins` ADD `browser_user_id` text;--> statement-breakpoint
CREATE INDEX `sign_ins_browser` ON `sign_ins` (`browser_hash`,`created_at`);--> statement-breakpoint
CREATE INDEX `sign_ins_browser_user` ON `sign_ins` (`browser_user_id`,`created_at`);--> statement-breakpoint
ALTER TABLE `user_tokens` ADD `checked_at` integer;--> statement-breakpoint
ALTER TABLE `user_tokens` ADD `refused_errcode` text;