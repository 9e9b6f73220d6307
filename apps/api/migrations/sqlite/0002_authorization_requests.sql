ALTER TABLE `sign_in_trips` RENAME TO `authorization_requests`;--> statement-breakpoint
DROP INDEX `sign_in_trips_sign_in`;--> statement-breakpoint
CREATE INDEX `authorization_requests_sign_in` ON `authorization_requests` (`sign_in_id`);--> statement-breakpoint
UPDATE `sign_in_events` SET `kind` = 'profile_redirect' WHERE `kind` = 'profile_trip';--> statement-breakpoint
UPDATE `sign_in_events` SET `kind` = 'callback_repeated' WHERE `kind` = 'replayed';
