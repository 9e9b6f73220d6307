ALTER TABLE "sign_in_trips" RENAME TO "authorization_requests";--> statement-breakpoint
ALTER INDEX "sign_in_trips_pkey" RENAME TO "authorization_requests_pkey";--> statement-breakpoint
ALTER INDEX "sign_in_trips_sign_in" RENAME TO "authorization_requests_sign_in";--> statement-breakpoint
ALTER TABLE "authorization_requests" RENAME CONSTRAINT "sign_in_trips_sign_in_id_sign_ins_id_fk" TO "authorization_requests_sign_in_id_sign_ins_id_fk";--> statement-breakpoint
UPDATE "sign_in_events" SET "kind" = 'profile_redirect' WHERE "kind" = 'profile_trip';--> statement-breakpoint
UPDATE "sign_in_events" SET "kind" = 'callback_repeated' WHERE "kind" = 'replayed';
