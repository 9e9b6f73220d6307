ALTER TABLE `users` ADD `merged_into` text;--> statement-breakpoint
CREATE INDEX `users_merged_into` ON `users` (`merged_into`);