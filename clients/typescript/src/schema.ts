// Generated from docs/openapi.json by clients/generate.sh: not to be changed by hand.

export interface paths {
    "/api/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an account
         * @description Where the tenant's registration is open. The new user has the role User.
         */
        post: operations["postAuthRegister"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description Answers a pair of tokens. A wrong address, a wrong password and a deactivated user are one answer. With `X-Session-Mode: cookie` the refresh token goes into a cookie that scripts cannot read, and the answer has a `csrf_token`.
         */
        post: operations["postAuthLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange a refresh token for a new pair
         * @description Each refresh token is good once. Its second use ends the session, but for a leeway of seconds in which the same successor is answered again.
         */
        post: operations["postAuthRefresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out
         * @description Ends the session of the access token, at once; that of `refresh_token` too, or all of the user's with `all_sessions`.
         */
        post: operations["postAuthLogout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/verify-email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm an address
         * @description With the token from the mail, once.
         */
        post: operations["postAuthVerifyEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/verify-email/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send the verification mail again
         * @description The same answer for every address; a mail goes to one that waits for it.
         */
        post: operations["postAuthVerifyEmailResend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password-reset-request": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a new password
         * @description The same answer, after the same work, for every address; a mail goes to one that has an account.
         */
        post: operations["postAuthPasswordResetRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Choose a new password
         * @description With the token from the mail, once. Ends every session of the user.
         */
        post: operations["postAuthPasswordReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/accept-invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept an invitation
         * @description With the token from the mail, once. The address counts as verified.
         */
        post: operations["postAuthAcceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password-change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the password
         * @description Ends every other session of the user, and tells them by mail.
         */
        post: operations["postAuthPasswordChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where am I signed in
         * @description The sessions that can still be refreshed, newest first.
         */
        get: operations["getAuthSessions"];
        put?: never;
        post?: never;
        /**
         * End my other sessions
         * @description All but the one that asks, at once, on every instance.
         */
        delete: operations["deleteAuthSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a session
         * @description Its tokens stop working at once, on every instance.
         */
        delete: operations["deleteAuthSessionsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who am I
         * @description The user of the access token, with role, permissions and tenant.
         */
        get: operations["getAuthMe"];
        put?: never;
        post?: never;
        /**
         * Delete my account
         * @description With sessions, roles and tokens. Ten minutes after the sign-in the password is asked for once more. Not the last Admin.
         */
        delete: operations["deleteAuthMe"];
        options?: never;
        head?: never;
        /**
         * Change my name or telephone number
         * @description Members that are not given stay; `null` takes `last_name` or `phone` away. `If-Match` with the ETag of `GET auth/me` keeps two changes apart.
         */
        patch: operations["patchAuthMe"];
        trace?: never;
    };
    "/api/v1/auth/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All that is kept of me
         * @description As one JSON document: profile, roles, sessions, messages and what the audit log says that I did. No secrets.
         */
        get: operations["getAuthMeExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List tenants
         * @description Newest first. `name` finds a part of the name, `slug` its beginning; `tier` and `is_active` match exactly. Of a deleted tenant that could not be erased, `erasure` tells why.
         *
         *     Needs `platform:tenants:read`.
         */
        get: operations["getTenants"];
        put?: never;
        /**
         * Make a tenant
         * @description With its system roles; its first Admin is invited by mail.
         *
         *     Needs `platform:tenants:create`.
         */
        post: operations["postTenants"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a tenant
         * @description The own one, or any for the platform's administrators.
         *
         *     Needs `tenants:read` or `platform:tenants:read`.
         */
        get: operations["getTenantsById"];
        /**
         * Change a tenant
         * @description The own one, or any for the platform's administrators, who alone change `subscription_tier` and `is_active`. Counts at once, on every instance.
         *
         *     Needs `tenants:manage` or `platform:tenants:manage`.
         */
        put: operations["putTenantsById"];
        post?: never;
        /**
         * Delete a tenant
         * @description Off at once; erased with all that is its after the days of grace (`TENANT_PURGE_AFTER_DAYS`).
         *
         *     Needs `platform:tenants:delete`.
         */
        delete: operations["deleteTenantsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring a deleted tenant back
         * @description Until its days of grace are over, with all that is its.
         *
         *     Needs `platform:tenants:delete`.
         */
        post: operations["postTenantsByIdRestore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{id}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a tenant uses
         * @description Against what its subscription allows: users, sessions, messages of this month, and requests of each of the last `days` (30).
         *
         *     Needs `tenants:read` or `platform:tenants:read`.
         */
        get: operations["getTenantsByIdUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{id}/domain-proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How to prove the custom domain
         * @description The TXT record that the domain's zone must have.
         *
         *     Needs `tenants:read` or `platform:tenants:read`.
         */
        get: operations["getTenantsByIdDomainProof"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{id}/verify-domain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Verify the custom domain
         * @description Asks the DNS for the record. From then on the domain names the tenant, and no other tenant can have it.
         *
         *     Needs `tenants:manage` or `platform:tenants:manage`.
         */
        post: operations["postTenantsByIdVerifyDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users
         * @description Newest first. `q` finds a part of address or name; `email`, `role` (by name), `is_active` and `status` (`active`, `invited`, `deactivated`) match exactly.
         *
         *     Needs `users:read`.
         */
        get: operations["getUsers"];
        put?: never;
        /**
         * Invite a user
         * @description Makes a user who has yet to come, with a role that holds nothing that you lack, and mails the way in.
         *
         *     Needs `users:create`.
         */
        post: operations["postUsers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a user
         * @description With the roles.
         *
         *     Needs `users:read`.
         */
        get: operations["getUsersById"];
        /**
         * Change a user
         * @description Names and telephone number; what is not given is taken away. Not somebody who may do what you may not.
         *
         *     Needs `users:update`.
         */
        put: operations["putUsersById"];
        post?: never;
        /**
         * Delete a user
         * @description With sessions, roles and tokens. What the user made stays. Not the last Admin.
         *
         *     Needs `users:delete`.
         */
        delete: operations["deleteUsersById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/deactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Switch a user off
         * @description Ends every session, at once, on every instance. Not the last Admin.
         *
         *     Needs `users:update`.
         */
        post: operations["postUsersByIdDeactivate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Switch a user on
         * @description The user signs in anew.
         *
         *     Needs `users:update`.
         */
        post: operations["postUsersByIdActivate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a user a role
         * @description One that holds nothing that you lack. A role that the user has already changes nothing.
         *
         *     Needs `users:update`.
         */
        post: operations["postUsersByIdRoles"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/roles/{roleId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take a role from a user
         * @description Not that of the last Admin.
         *
         *     Needs `users:update`.
         */
        delete: operations["deleteUsersByIdRolesByRoleId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Sign a user out everywhere
         * @description At once, on every instance.
         *
         *     Needs `users:update`.
         */
        delete: operations["deleteUsersByIdSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an invitation again
         * @description With a new link; the one before ends.
         *
         *     Needs `users:create`.
         */
        post: operations["postUsersByIdInvitation"];
        /**
         * Take an invitation back
         * @description While the user has not come: the link ends, and the address is free again.
         *
         *     Needs `users:create`.
         */
        delete: operations["deleteUsersByIdInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List roles
         * @description Newest first, with all that each holds and from where. `name` matches exactly, `is_system_role` tells those that every tenant has.
         *
         *     Needs `roles:read`.
         */
        get: operations["getRoles"];
        put?: never;
        /**
         * Make a role
         * @description Built on another (`parent_id`), or on none. It can hold nothing that you lack. Its name must not read like that of another role, or of a system role.
         *
         *     Needs `roles:manage`.
         */
        post: operations["postRoles"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a role
         * @description With all that it holds, and from where.
         *
         *     Needs `roles:read`.
         */
        get: operations["getRolesById"];
        /**
         * Change a role
         * @description Counts within a second for everybody who has it. Not a system role, and nothing that you lack.
         *
         *     Needs `roles:manage`.
         */
        put: operations["putRolesById"];
        post?: never;
        /**
         * Delete a role
         * @description One that nobody has and no other is built on. Not a system role.
         *
         *     Needs `roles:manage`.
         */
        delete: operations["deleteRolesById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles/{id}/permissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add a permission to a role
         * @description By its name. One that the role has already changes nothing.
         *
         *     Needs `roles:manage`.
         */
        post: operations["postRolesByIdPermissions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles/{id}/permissions/{permissionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take a permission from a role
         * @description One that the role has itself; what comes from the role below stays.
         *
         *     Needs `roles:manage`.
         */
        delete: operations["deleteRolesByIdPermissionsByPermissionId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What would a change of a role do
         * @description Who would gain or lose what, with these permissions and this role below. Nothing is written. Addresses are shown to holders of `users:read`, ids to others.
         *
         *     Needs `roles:manage`.
         */
        post: operations["postRolesByIdPreview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/permissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List permissions
         * @description All that a role can hold, newest first.
         *
         *     Needs `roles:read`.
         */
        get: operations["getPermissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/unsubscribe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask whether to unsubscribe
         * @description The page behind the link of a message that markets.
         */
        get: operations["getNotificationsUnsubscribe"];
        put?: never;
        /**
         * Unsubscribe
         * @description One click (RFC 8058): the recipient gets no more messages that market.
         */
        post: operations["postNotificationsUnsubscribe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/shared": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow a link
         * @description To the file, or to a page that asks for the password.
         */
        get: operations["getFilesShared"];
        put?: never;
        /**
         * Follow a link with a password
         * @description As the form of the page sends it.
         */
        post: operations["postFilesShared"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/access/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Why may a user do something
         * @description Allowed or not, through which roles, by which chain. Of others than yourself with `users:read` besides.
         *
         *     Needs `roles:read`.
         */
        get: operations["getAccessExplain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a mail
         * @description Subject and text (or HTML, or both), or a template and what it is filled with. Answers as soon as it is in the queue; `GET` of the `Location` tells what became of it.
         *
         *     Needs `notifications:send`.
         */
        post: operations["postNotificationsEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/sms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an SMS
         * @description To a number in a country where the tenant sends any (`notifications/settings`). `segments` tells how many are paid for.
         *
         *     Needs `notifications:send`.
         */
        post: operations["postNotificationsSms"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/push": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a push message
         * @description To a device, or to all devices of a user: a message each.
         *
         *     Needs `notifications:send`.
         */
        post: operations["postNotificationsPush"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List messages
         * @description Newest first, without their texts. `channel`, `status`, `recipient`, `template_name`, `category` and `user_id` match exactly; `from` and `to` bound when they were asked for.
         *
         *     Needs `notifications:read`.
         */
        get: operations["getNotificationsHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a message
         * @description With its text, unless the tenant hides texts or it holds a one-time token.
         *
         *     Needs `notifications:read`.
         */
        get: operations["getNotificationsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a message again
         * @description One that failed, bounced, was suppressed or cancelled, with all its attempts anew. An SMS counts once more.
         *
         *     Needs `notifications:send`.
         */
        post: operations["postNotificationsByIdRetry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a message
         * @description As long as it waits in the queue. Messages that the service sends by itself cannot be cancelled.
         *
         *     Needs `notifications:send`.
         */
        post: operations["postNotificationsByIdCancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the settings of messages
         * @description Language, what is kept, and where SMS may go and how many.
         *
         *     Needs `tenants:read`.
         */
        get: operations["getNotificationsSettings"];
        /**
         * Change the settings of messages
         * @description All of them: what a message sent from now on is held against.
         *
         *     Needs `tenants:manage`.
         */
        put: operations["putNotificationsSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/feedback/sns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take feedback of SES
         * @description Deliveries, bounces and complaints, as SNS posts them. Only topics of `SNS_FEEDBACK_TOPIC_ARNS` are believed, with SNS's signature.
         */
        post: operations["postNotificationsFeedbackSns"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List templates
         * @description Newest first. `name`, `type` and `is_active` match exactly.
         *
         *     Needs `notifications:read`.
         */
        get: operations["getNotificationsTemplates"];
        put?: never;
        /**
         * Make a template
         * @description In Liquid. One with the name of a system template (`templates/system`) replaces it for this tenant, which needs `templates:security` too. A fault is told with line and column.
         *
         *     Needs `templates:manage`.
         */
        post: operations["postNotificationsTemplates"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/templates/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List system templates
         * @description The mails that the service sends by itself, as they are where the tenant does not replace them.
         *
         *     Needs `notifications:read`.
         */
        get: operations["getNotificationsTemplatesSystem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/templates/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a template
         * @description As it is worded now.
         *
         *     Needs `notifications:read`.
         */
        get: operations["getNotificationsTemplatesById"];
        /**
         * Change a template
         * @description The whole of it, but for name and type; what is not given is taken away. The wording before is kept.
         *
         *     Needs `templates:manage`.
         */
        put: operations["putNotificationsTemplatesById"];
        post?: never;
        /**
         * Delete a template
         * @description With all its versions. Messages that are in the queue go out as they were worded.
         *
         *     Needs `templates:manage`.
         */
        delete: operations["deleteNotificationsTemplatesById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/templates/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fill a template
         * @description As a message would be; nothing is sent. For an SMS with its segments.
         *
         *     Needs `templates:manage`.
         */
        post: operations["postNotificationsTemplatesByIdPreview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/templates/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the versions of a template
         * @description Newest first, the present one among them.
         *
         *     Needs `notifications:read`.
         */
        get: operations["getNotificationsTemplatesByIdVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/templates/{id}/versions/{revision}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring a version back
         * @description As a new version.
         *
         *     Needs `templates:manage`.
         */
        post: operations["postNotificationsTemplatesByIdVersionsByRevisionRestore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/suppressions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who gets nothing
         * @description Newest first. `channel`, `recipient` and `reason` match exactly.
         *
         *     Needs `notifications:read`.
         */
        get: operations["getNotificationsSuppressions"];
        put?: never;
        /**
         * Add a suppression
         * @description The recipient gets no more messages from the tenant. Mails that the service sends by itself, such as a password reset, go out all the same.
         *
         *     Needs `notifications:send`.
         */
        post: operations["postNotificationsSuppressions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/suppressions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Send to somebody again
         * @description The next bounce or complaint brings the entry back.
         *
         *     Needs `notifications:send`.
         */
        delete: operations["deleteNotificationsSuppressionsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List one's devices
         * @description Newest first, those that get nothing any more among them.
         */
        get: operations["getNotificationsDevices"];
        put?: never;
        /**
         * Register a device
         * @description By the token that APNs or FCM gave the application. The same token again is the same device, for whoever registers it last.
         */
        post: operations["postNotificationsDevices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications/devices/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a device
         * @description It gets no more messages.
         */
        delete: operations["deleteNotificationsDevicesById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a file
         * @description As the part `file` of a form, after the fields `metadata` (a JSON object) and `tags`; or as the body itself, with its name in `Content-Disposition` and `tags` and `metadata` in the query. It goes through to the store as it comes.
         *
         *     Needs `files:create`.
         */
        post: operations["postFilesUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Announce a file that goes to the store directly
         * @description Answers with the signed requests that send it, for exactly this size, type and checksum; a large one goes in parts. It is no file before it is complete; one that is not within the hour is swept.
         *
         *     Needs `files:create`.
         */
        post: operations["postFilesUploads"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/uploads/{id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete an upload
         * @description Looks at what has arrived: size, checksum, first bytes. From then on it is a file.
         *
         *     Needs `files:create`.
         */
        post: operations["postFilesUploadsByIdComplete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/uploads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Cancel an upload
         * @description With what has arrived of it.
         *
         *     Needs `files:create`.
         */
        delete: operations["deleteFilesUploadsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List files
         * @description Newest first. `name` finds a part of the name; `type` a media type or all of a kind (`image/*`); `tag`, `user_id`, `from`, `to`, `min_size` and `max_size` narrow it down.
         *
         *     Needs `files:read`.
         */
        get: operations["getFiles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the settings of files
         * @description Of the tenant.
         *
         *     Needs `tenants:read`.
         */
        get: operations["getFilesSettings"];
        /**
         * Change the settings of files
         * @description `refused_types`: what is not taken from now on. What is there stays.
         *
         *     Needs `tenants:manage`.
         */
        put: operations["putFilesSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what is known of a file
         * @description Not its bytes: see download.
         *
         *     Needs `files:read`.
         */
        get: operations["getFilesById"];
        put?: never;
        post?: never;
        /**
         * Delete a file
         * @description With its links. The bytes go a moment later, and addresses given out end with them. One's own files; with `files:manage` everybody's.
         *
         *     Needs `files:delete` or `files:manage`.
         */
        delete: operations["deleteFilesById"];
        options?: never;
        head?: never;
        /**
         * Change name, metadata or tags
         * @description What is not given stays. One's own files; with `files:manage` everybody's.
         *
         *     Needs `files:update` or `files:manage`.
         */
        patch: operations["patchFilesById"];
        trace?: never;
    };
    "/api/v1/files/{id}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download a file
         * @description 302 to an address of the store that is good for `expires_in` seconds (300 where not given), or with `redirect=false` the address. `disposition=inline` shows in place what no browser runs. The address takes `Range`.
         *
         *     Needs `files:read`.
         */
        get: operations["getFilesByIdDownload"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /**
         * Download a file
         * @description 302 to an address of the store that is good for `expires_in` seconds (300 where not given), or with `redirect=false` the address. `disposition=inline` shows in place what no browser runs. The address takes `Range`.
         *
         *     Needs `files:read`.
         */
        head: operations["headFilesByIdDownload"];
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}/scan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Scan a file again
         * @description As after new signatures, or when what was found was none. Until the scanner has passed it, nobody gets it.
         *
         *     Needs `files:manage`.
         */
        post: operations["postFilesByIdScan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the links of a file
         * @description Newest first, those that are over too.
         *
         *     Needs `files:update` or `files:manage`.
         */
        get: operations["getFilesByIdLinks"];
        put?: never;
        /**
         * Share a file
         * @description By a link for whoever has it, for a time, so often, with a password: as it is asked for. The link is told once.
         *
         *     Needs `files:update` or `files:manage`.
         */
        post: operations["postFilesByIdLinks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/links/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a link
         * @description At once.
         *
         *     Needs `files:update` or `files:manage`.
         */
        delete: operations["deleteFilesLinksById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was done and tried
         * @description Newest first. `action` is one (`user.changed`) or, ending in a dot, all of a kind (`user.`); `outcome` is `success`, `refused` or the code of a refusal. `tenant_id` names another tenant, for holders of `platform:audit:read`; that tenant's log tells of it.
         *
         *     Needs `audit:read` or `platform:audit:read`.
         */
        get: operations["getAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit-events/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The log as a file
         * @description JSON Lines, an event each, newest first, with the same filters: as many as there are.
         *
         *     Needs `audit:read` or `platform:audit:read`.
         */
        get: operations["getAuditEventsExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit-events/heads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Signed heads of the log
         * @description Every hour the end of the log is signed. Whoever keeps a head of their own can hold the log against it later: its signature is checked with `/.well-known/jwks.json`.
         *
         *     Needs `audit:read` or `platform:audit:read`.
         */
        get: operations["getAuditEventsHeads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit-events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an event
         * @description Needs `audit:read` or `platform:audit:read`.
         */
        get: operations["getAuditEventsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Public keys
         * @description Verify access tokens with these: ES256, by `kid`.
         */
        get: operations["getWellKnownJwksJson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/openid-configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Issuer metadata
         * @description Issuer, key set and algorithms, for libraries that discover them.
         */
        get: operations["getWellKnownOpenidConfiguration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description The same as `/health/ready`.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the process alive
         * @description Asks nothing else: restarting the process would not bring a database back.
         */
        get: operations["getHealthLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can it take requests
         * @description 503 where the database is away, its schema is behind, it does not keep tenants apart, or the instance is about to stop. A store of files or a Redis that is away makes it `degraded`: most requests do well without. Which part it is, is told to whoever may read the metrics.
         */
        get: operations["getHealthReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @example {
         *       "token": "tnm_AZqPPmwAfTGfKm0cDlt6QnNob3dzIHdoYXQgaXQgbG9va3MgbGlrZQ",
         *       "password": "correct horse battery",
         *       "first_name": "Ada",
         *       "last_name": "Lovelace"
         *     }
         */
        AcceptInvitationRequest: {
            token: string;
            /** Format: password */
            password: string;
            first_name: string;
            last_name?: null | string;
        };
        /**
         * @example {
         *       "user_id": "019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42",
         *       "permission": "users:read",
         *       "allowed": true,
         *       "reason": "The role Manager brings it.",
         *       "ways": [
         *         {
         *           "role_id": "019a8f3e-5b00-7e21-a1b2-c3d4e5f60718",
         *           "role": "Manager",
         *           "chain": [
         *             "Manager",
         *             "User",
         *             "Viewer"
         *           ]
         *         }
         *       ],
         *       "as_of": "2026-01-30T08:00:00Z"
         *     }
         */
        AccessExplanation: {
            /**
             * Format: uuid
             * @description Whom it is about.
             */
            user_id: string;
            /** @description What for. */
            permission: string;
            /** @description Whether a request of this user for this permission would pass. */
            allowed: boolean;
            /** @description In words. */
            reason: string;
            /** @description Each assigned role that brings it, with the chain down to the role that has it itself. */
            ways: components["schemas"]["AccessWay"][];
            /**
             * Format: date-time
             * @description The answer is of this moment.
             */
            as_of: string;
        };
        AccessWay: {
            /** Format: uuid */
            role_id: string;
            role: string;
            chain: string[];
        };
        /** @enum {unknown} */
        ActionKind: "link" | "code";
        ActorOfEvent: {
            /**
             * Format: uuid
             * @description Of the user.
             */
            id: string;
            /**
             * Format: uuid
             * @description Another than the log's for the platform's administrators.
             */
            tenant_id: string;
            /** @description As it is today; null where there is no such user of the tenant any more. */
            email: null | string;
        };
        /**
         * @description An event of the log, as the API shows it.
         * @example {
         *       "id": "019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42",
         *       "occurred_at": "2026-01-31T08:00:00Z",
         *       "action": "user.changed",
         *       "outcome": "success",
         *       "actor": {
         *         "id": "019a8f3e-5b00-7e21-a1b2-c3d4e5f60718",
         *         "tenant_id": "019a8f3e-4a00-7c11-8a9b-0c1d2e3f4a5b",
         *         "email": "ada@example.com"
         *       },
         *       "on_behalf_of": null,
         *       "target_id": "019a8f3e-5c00-7a21-b1b2-c3d4e5f60719",
         *       "changes": {
         *         "first_name": {
         *           "before": "Grace",
         *           "after": "Amazing Grace"
         *         }
         *       },
         *       "details": null,
         *       "address": "203.0.113.7",
         *       "user_agent": "curl/8.5.0",
         *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
         *     }
         */
        AuditEventDocument: {
            /**
             * Format: uuid
             * @description In the order of time.
             */
            id: string;
            /**
             * Format: date-time
             * @description By the clock of the instance.
             */
            occurred_at: string;
            /** @description What was done. */
            action: string;
            /** @description `success`, or the code of the refusal. */
            outcome: string;
            actor: null | components["schemas"]["ActorOfEvent"];
            /**
             * Format: uuid
             * @description Who let it be done, where it is another: the maker of a link that a stranger follows.
             */
            on_behalf_of: null | string;
            /**
             * Format: uuid
             * @description To what it was done.
             */
            target_id: null | string;
            /** @description For each field that changed, `before` and `after`. */
            changes: unknown;
            /** @description What else there is to say. */
            details: unknown;
            /** @description From where; null: from within, by the service itself or its operator. */
            address: null | string;
            /** @description As the client calls itself. */
            user_agent: null | string;
            /** @description Of the request, as in its answer and in the log of the service. */
            trace_id: null | string;
        };
        /** @description The end of a log at some hour, signed. */
        AuditHeadDocument: {
            /**
             * Format: uuid
             * @description In the order of time.
             */
            id: string;
            /**
             * Format: int64
             * @description How many events the log had had.
             */
            position: number;
            /**
             * Format: byte
             * @description Of the chain up to there, base64.
             */
            hash: string;
            /**
             * Format: date-time
             * @description When.
             */
            signed_at: string;
            /** @description The `kid` of the key that signed. */
            key_id: string;
            /** @description The whole of it: a JWS in compact form whose claims are `iss`, `tenant_id`, `position`, `hash`, `prev` and `iat`. */
            jws: string;
        };
        /** @enum {unknown} */
        Category: "transactional" | "marketing";
        /**
         * @example {
         *       "file_name": "invoice-4711-paid.pdf",
         *       "metadata": {
         *         "order": "4711",
         *         "paid": true
         *       },
         *       "tags": [
         *         "invoice",
         *         "paid"
         *       ]
         *     }
         */
        ChangeFileRequest: {
            /** @description As it is saved from now on. */
            file_name?: null | string;
            /** @description Instead of what there is. */
            metadata?: null | Record<string, never>;
            /** @description Instead of those there are. */
            tags?: null | string[];
        };
        /**
         * @description A member that is not given stays as it is; one that is `null` is taken away (RFC 7396).
         * @example {
         *       "first_name": "Ada",
         *       "last_name": "King",
         *       "phone": null,
         *       "locale": "de-CH"
         *     }
         */
        ChangeMeRequest: {
            first_name?: null | string;
            last_name?: null | string;
            phone?: null | string;
            /** @description The language to be written in. */
            locale?: null | string;
        };
        /**
         * @example {
         *       "current_password": "correct horse battery",
         *       "new_password": "a longer horse and two batteries"
         *     }
         */
        ChangePasswordRequest: {
            current_password: string;
            /** Format: password */
            new_password: string;
        };
        /**
         * @example {
         *       "permission": "notifications:send"
         *     }
         */
        ChangeRolePermissionRequest: {
            permission: string;
        };
        /**
         * @example {
         *       "name": "Support",
         *       "description": "Answers questions",
         *       "parent_id": "019a8f3e-5b00-7e21-a1b2-c3d4e5f60718",
         *       "permissions": [
         *         "notifications:send"
         *       ]
         *     }
         */
        ChangeRoleRequest: {
            /** @description Unique in the tenant. */
            name: string;
            /** @description What it is for. */
            description?: null | string;
            /**
             * Format: uuid
             * @description The role below: all that it holds comes with it.
             */
            parent_id?: null | string;
            /** @description By name, beside those of the role below. Not given: on a change, they stay. */
            permissions?: null | string[];
        };
        /**
         * @example {
         *       "name": "Acme",
         *       "slug": null,
         *       "custom_domain": "app.acme.example",
         *       "subscription_tier": null,
         *       "rate_limit_per_minute": null,
         *       "is_active": null,
         *       "registration": "invite_only",
         *       "verification_required": true,
         *       "mail_on_new_device": true,
         *       "session_idle_days": 7,
         *       "session_days": 30,
         *       "allowed_origins": [
         *         "https://app.acme.example"
         *       ],
         *       "sender_name": "Acme",
         *       "sender_address": "hello@acme.example",
         *       "metadata": {
         *         "crm_id": "4711"
         *       }
         *     }
         */
        ChangeTenantRequest: {
            /** @description As people read it. */
            name: string;
            /** @description Cannot change: given, it must be the present one. */
            slug?: null | string;
            /**
             * Format: hostname
             * @description Another than before has to be verified before it counts. Not given: none.
             */
            custom_domain?: null | string;
            subscription_tier?: null | components["schemas"]["SubscriptionTier"];
            /**
             * Format: int32
             * @description Instead of the tier's. By the platform only, for which not given means the tier's.
             */
            rate_limit_per_minute?: null | number;
            /** @description By the platform only. Not given: it stays. */
            is_active?: null | boolean;
            registration?: null | components["schemas"]["Registration"];
            /** @description Whether an address has to be verified before a sign-in. Not given: it stays. */
            verification_required?: null | boolean;
            /** @description Whether a sign-in on a new device is told by mail. Not given: it stays. */
            mail_on_new_device?: null | boolean;
            /**
             * Format: int32
             * @description How long a session lives unused. Not given: as the platform has it.
             */
            session_idle_days?: null | number;
            /**
             * Format: int32
             * @description How long a session lives at most. Not given: as the platform has it.
             */
            session_days?: null | number;
            /** @description Of browsers, beside those of the platform. Not given: none. */
            allowed_origins?: null | string[];
            /** @description Of mails. Not given: the platform's. */
            sender_name?: null | string;
            /**
             * Format: email
             * @description Of mails. Not given: the platform's.
             */
            sender_address?: null | string;
            /** @description Yours. Not given: it stays. */
            metadata?: null | Record<string, never>;
        };
        /**
         * @description The whole of what can be changed: a member that is not given is taken away.
         * @example {
         *       "first_name": "Ada",
         *       "last_name": "King",
         *       "phone": "+41791234567",
         *       "locale": "de-CH"
         *     }
         */
        ChangeUserRequest: {
            first_name?: null | string;
            last_name?: null | string;
            phone?: null | string;
            locale?: null | string;
        };
        /**
         * @example {
         *       "role_id": "019a8f3e-5b00-7e21-a1b2-c3d4e5f60718"
         *     }
         */
        ChangeUserRoleRequest: {
            /** Format: uuid */
            role_id: string;
        };
        /**
         * @description By what a message goes.
         * @enum {unknown}
         */
        Channel: "email" | "sms" | "push";
        CreateTenantFirstAdmin: {
            /** Format: email */
            email: string;
            first_name: string;
            last_name: null | string;
            phone: null | string;
        };
        /**
         * @example {
         *       "name": "Acme",
         *       "slug": "acme",
         *       "custom_domain": null,
         *       "subscription_tier": "standard",
         *       "metadata": {
         *         "crm_id": "4711"
         *       },
         *       "admin": {
         *         "email": "grace@acme.example",
         *         "first_name": "Grace",
         *         "last_name": "Hopper",
         *         "phone": null
         *       }
         *     }
         */
        CreateTenantRequest: {
            name: string;
            slug: string;
            /** Format: hostname */
            custom_domain?: null | string;
            subscription_tier?: null | components["schemas"]["SubscriptionTier"];
            metadata?: null | Record<string, never>;
            admin: null | components["schemas"]["CreateTenantFirstAdmin"];
        };
        /**
         * @example {
         *       "password": "correct horse battery"
         *     }
         */
        DeleteMeRequest: {
            /** @description Needed where the session began more than ten minutes ago. */
            password?: null | string;
        };
        DirectUploadPart: {
            /** @description Of the request. */
            method: string;
            /**
             * Format: uri
             * @description Of the request.
             */
            url: string;
            /** @description That it has to have. */
            headers: {
                [key: string]: string;
            };
            /**
             * Format: int64
             * @description Of its body, in bytes.
             */
            size: number;
        };
        /**
         * @example {
         *       "file_name": "invoice-4711.pdf",
         *       "file_size": 48213,
         *       "mime_type": "application/pdf",
         *       "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
         *       "metadata": {
         *         "order": "4711"
         *       },
         *       "tags": [
         *         "invoice"
         *       ]
         *     }
         */
        DirectUploadRequest: {
            /** @description As it is saved. */
            file_name: string;
            /**
             * Format: int64
             * @description In bytes, exactly.
             */
            file_size: number;
            /** @description That the request will declare. */
            mime_type?: null | string;
            /** @description Of all bytes, in hexadecimal. */
            sha256: string;
            /** @description The application's own. */
            metadata?: null | Record<string, never>;
            /** @description The same, to find it by. */
            tags?: null | string[];
        };
        /**
         * @example {
         *       "id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70903",
         *       "expires_at": "2026-01-31T09:00:00Z",
         *       "requests": [
         *         {
         *           "method": "PUT",
         *           "url": "https://files.example.com/019a8f3e-8d00-7c11-a2b3-c4d5e6f70001/0c6f5f4d-…?signature=…",
         *           "headers": {
         *             "Content-Length": "48213"
         *           },
         *           "size": 48213
         *         }
         *       ]
         *     }
         */
        DirectUploadResponse: {
            /**
             * Format: uuid
             * @description Of the upload: what `complete` is called with.
             */
            id: string;
            /**
             * Format: date-time
             * @description By when it has to be complete.
             */
            expires_at: string;
            /** @description One for the whole, or one for each part in their order: to be sent as they are, with these headers. */
            requests: components["schemas"]["DirectUploadPart"][];
        };
        /**
         * @description Whoever can put a record into a domain's zone owns the domain. What the record must say follows from tenant and domain and cannot be made up: nothing
         *     is stored, and another tenant that asks for the same domain is told to say something else.
         */
        DomainProof: {
            /** @description Where the TXT record goes. */
            name: string;
            /** @description What it says. */
            value: string;
        };
        /**
         * @example {
         *       "url": "https://files.example.com/019a8f3e-8d00-7c11-a2b3-c4d5e6f70001/5b0b6a3e-54a6-4b1e-9a37-0c6f5f4d2a11?signature=…",
         *       "expires_at": "2026-01-31T08:05:00Z"
         *     }
         */
        DownloadFileAddress: {
            /**
             * Format: uri
             * @description Gives the bytes to whoever has it.
             */
            url: string;
            /**
             * Format: date-time
             * @description When it is of no use any more.
             */
            expires_at: string;
        };
        ExportMeEventOfExport: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            occurred_at: string;
            action: string;
            outcome: string;
            address: null | string;
            user_agent: null | string;
        };
        ExportMeMessageOfExport: {
            /** Format: uuid */
            id: string;
            type: components["schemas"]["Channel"];
            recipient: string;
            subject: null | string;
            status: components["schemas"]["NotificationStatus"];
            /** Format: date-time */
            created_at: string;
        };
        ExportMeResponse: {
            user: components["schemas"]["UserDocument"];
            tenant: components["schemas"]["ExportMeTenantOfExport"];
            sessions: components["schemas"]["ExportMeSessionOfExport"][];
            messages: components["schemas"]["ExportMeMessageOfExport"][];
            audit_events: components["schemas"]["ExportMeEventOfExport"][];
            /** Format: date-time */
            exported_at: string;
        };
        ExportMeSessionOfExport: {
            /** Format: uuid */
            id: string;
            address: null | string;
            user_agent: null | string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            last_used_at: string;
            /** Format: date-time */
            expires_at: string;
            /** Format: date-time */
            revoked_at: null | string;
        };
        ExportMeTenantOfExport: {
            /** Format: uuid */
            id: string;
            slug: string;
            name: string;
        };
        /** @description Of a deleted tenant whose erasure was tried and failed. It is tried again. */
        FailedErasure: {
            /**
             * Format: int32
             * @description How often it was tried.
             */
            attempts: number;
            /**
             * Format: date-time
             * @description The last time.
             */
            failed_at: string;
            /** @description The table, and the database's code for what went wrong; no values of rows. */
            reason: string;
            /**
             * Format: date-time
             * @description Not before then.
             */
            next_attempt_at: null | string;
        };
        /**
         * @description A file, as the API shows it.
         * @example {
         *       "id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70901",
         *       "file_key": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70001/5b0b6a3e-54a6-4b1e-9a37-0c6f5f4d2a11",
         *       "file_name": "invoice-4711.pdf",
         *       "file_size": 48213,
         *       "mime_type": "application/pdf",
         *       "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
         *       "metadata": {
         *         "order": "4711"
         *       },
         *       "tags": [
         *         "invoice"
         *       ],
         *       "scan": "clean",
         *       "threat": null,
         *       "user_id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70002",
         *       "created_at": "2026-01-31T08:00:00Z",
         *       "updated_at": "2026-01-31T08:00:00Z"
         *     }
         */
        FileDocument: {
            /**
             * Format: uuid
             * @description Of the file.
             */
            id: string;
            /** @description Of its object in the store. */
            file_key: string;
            /** @description As it is saved when it is downloaded. */
            file_name: string;
            /**
             * Format: int64
             * @description In bytes.
             */
            file_size: number;
            /** @description By its first bytes where they tell, else as it was declared. */
            mime_type: string;
            /** @description Of its bytes, in hexadecimal. */
            sha256: string;
            /** @description The application's own. */
            metadata: unknown;
            /** @description The same, to find it by. */
            tags: string[];
            /** @description What the scanner said; `not_scanned` where there is none. One that is `pending`, `infected` or `unscannable` is given to nobody. */
            scan: components["schemas"]["Scan"];
            /** @description What the scanner found. */
            threat: null | string;
            /**
             * Format: uuid
             * @description Who brought it.
             */
            user_id: null | string;
            /**
             * Format: date-time
             * @description When it came.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When its name, metadata or tags changed last.
             */
            updated_at: string;
        };
        /**
         * @example {
         *       "id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70902",
         *       "url": "https://api.example.com/api/v1/files/shared?token=tnf_…",
         *       "has_password": false,
         *       "max_downloads": 3,
         *       "downloads": 0,
         *       "expires_at": "2026-02-01T08:00:00Z",
         *       "created_by": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70002",
         *       "created_at": "2026-01-31T08:00:00Z"
         *     }
         */
        FileLinksDocument: {
            /**
             * Format: uuid
             * @description Of the link.
             */
            id: string;
            /**
             * Format: uri
             * @description Told once: it cannot be read again.
             */
            url: null | string;
            /** @description Whether a password has to be said besides. */
            has_password: boolean;
            /**
             * Format: int32
             * @description As often; null: as often as somebody asks.
             */
            max_downloads: null | number;
            /**
             * Format: int32
             * @description That there were.
             */
            downloads: number;
            /**
             * Format: date-time
             * @description When it ends.
             */
            expires_at: string;
            /**
             * Format: uuid
             * @description Who gave it out.
             */
            created_by: null | string;
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
        };
        /**
         * @example {
         *       "expires_in": 86400,
         *       "max_downloads": 3,
         *       "password": null
         *     }
         */
        FileLinksRequest: {
            /**
             * Format: int32
             * @description Seconds; a week where it is not given, 90 days at most.
             */
            expires_in?: null | number;
            /**
             * Format: int32
             * @description As often; not given: as often as somebody asks.
             */
            max_downloads?: null | number;
            /** @description That has to be said besides. */
            password?: null | string;
        };
        /**
         * @example {
         *       "refused_types": [
         *         "application/vnd.microsoft.portable-executable",
         *         "video/*"
         *       ]
         *     }
         */
        FileRulesDocument: {
            /** @description What is not taken: types, or like `video/*` all of a kind. */
            refused_types?: null | string[];
        };
        /**
         * @example {
         *       "id": "019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42",
         *       "email": "ada@example.com",
         *       "first_name": "Ada",
         *       "last_name": "Lovelace",
         *       "phone": null,
         *       "locale": "en",
         *       "email_verified": true,
         *       "is_active": true,
         *       "tenant_id": "019a8f3e-5a00-7c10-8e21-0c9d4b3a2f10",
         *       "tenant": {
         *         "id": "019a8f3e-5a00-7c10-8e21-0c9d4b3a2f10",
         *         "slug": "default",
         *         "name": "Default"
         *       },
         *       "role": "Viewer",
         *       "permissions": [
         *         "files:read",
         *         "notifications:read",
         *         "roles:read",
         *         "tenants:read",
         *         "users:read"
         *       ],
         *       "session_id": "019a8f3e-7d00-7a55-b1c2-3d4e5f607182",
         *       "last_login_at": "2026-01-31T08:00:00Z",
         *       "created_at": "2026-01-30T08:00:00Z",
         *       "updated_at": "2026-01-30T08:00:00Z"
         *     }
         */
        GetMeResponse: {
            /** Format: uuid */
            id: string;
            email: string;
            first_name: null | string;
            last_name: null | string;
            phone: null | string;
            locale: null | string;
            email_verified: boolean;
            is_active: boolean;
            /** Format: uuid */
            tenant_id: string;
            tenant: components["schemas"]["GetMeTenantOfUser"];
            role: string;
            permissions: string[];
            /** Format: uuid */
            session_id: string;
            /** Format: date-time */
            last_login_at: null | string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        GetMeTenantOfUser: {
            /** Format: uuid */
            id: string;
            slug: string;
            name: string;
        };
        /**
         * @example {
         *       "status": "ok"
         *     }
         */
        HealthReport: {
            /** @description `ok`, or `degraded` where something is away that most requests do without. */
            status: components["schemas"]["PartHealth"];
            /** @description Each part that was asked, with what it said. Only for those who may read the metrics. */
            checks?: {
                [key: string]: components["schemas"]["PartHealth"];
            };
        };
        /** @description A permission that a role holds. */
        HeldPermission: {
            /**
             * Format: uuid
             * @description To take it away by.
             */
            id: string;
            /** @description `resource:action` */
            name: string;
            /** @description The role below that brings it; null where the role has it itself. */
            from: null | string;
        };
        /**
         * @example {
         *       "email": "ada@example.com",
         *       "first_name": "Ada",
         *       "last_name": "Lovelace",
         *       "phone": "+41791234567",
         *       "locale": "de-CH",
         *       "role": "Manager"
         *     }
         */
        InviteUserRequest: {
            /**
             * Format: email
             * @description Where the invitation goes.
             */
            email: string;
            /** @description The user may change it on accepting. */
            first_name?: null | string;
            /** @description The same. */
            last_name?: null | string;
            /** @description E.164. */
            phone?: null | string;
            /** @description The language of the invitation and of later mails. */
            locale?: null | string;
            /** @description By name; `User` where none is given. */
            role?: null | string;
        };
        /**
         * @example {
         *       "email": "ada@example.com",
         *       "password": "correct horse battery",
         *       "device_token": null
         *     }
         */
        LoginRequest: {
            /** @description The address of the account, in any case. */
            email: string;
            /** @description As it was chosen. */
            password: string;
            /** @description That of an earlier sign-in on this device: what strangers tried does not hold it up. */
            device_token?: null | string;
        };
        /**
         * @example {
         *       "refresh_token": null,
         *       "all_sessions": false
         *     }
         */
        LogoutRequest: {
            refresh_token?: null | string;
            all_sessions?: null | boolean;
        };
        /**
         * @example {
         *       "email": "ada@example.com"
         *     }
         */
        MailRequestRequest: {
            /** Format: email */
            email: string;
        };
        /**
         * @description A message and what became of it, as the API shows it.
         * @example {
         *       "id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70819",
         *       "channel": "email",
         *       "recipient": "ada@example.com",
         *       "status": "delivered",
         *       "subject": "Your order 4711",
         *       "body": "It is on its way.",
         *       "html_body": null,
         *       "template_name": "order_sent",
         *       "priority": "normal",
         *       "category": "transactional",
         *       "segments": null,
         *       "country": null,
         *       "user_id": null,
         *       "sent_by": "019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42",
         *       "attempts": 1,
         *       "error_message": null,
         *       "transport": "smtp",
         *       "provider_id": "019a8f3e8d007c11a2b3c4d5e6f70819@example.com",
         *       "send_at": null,
         *       "next_attempt_at": null,
         *       "sent_at": "2026-01-31T08:00:01Z",
         *       "feedback_at": "2026-01-31T08:00:04Z",
         *       "created_at": "2026-01-31T08:00:00Z"
         *     }
         */
        NotificationDocument: {
            /**
             * Format: uuid
             * @description Of the message.
             */
            id: string;
            /** @description By which it goes. */
            channel: components["schemas"]["Channel"];
            /** @description An address, a number in E.164, or the id of a device. */
            recipient: string;
            /** @description What has become of it. */
            status: components["schemas"]["NotificationStatus"];
            /** @description Of a mail or a push message; null where it carries a one-time link or code. */
            subject: null | string;
            /** @description As text; only where one message is read, and not where the tenant hides it or it carries a one-time link or code. */
            body: null | string;
            /** @description As HTML; the same. */
            html_body: null | string;
            /** @description From which it was made. */
            template_name: null | string;
            /** @description Among the messages of the tenant. */
            priority: components["schemas"]["Priority"];
            /** @description What it is for. */
            category: components["schemas"]["Category"];
            /**
             * Format: int32
             * @description Of an SMS: as many are paid for.
             */
            segments: null | number;
            /** @description Of an SMS. */
            country: null | string;
            /**
             * Format: uuid
             * @description The user whom it concerns, where there is one.
             */
            user_id: null | string;
            /**
             * Format: uuid
             * @description The user who had it sent; null: the service itself.
             */
            sent_by: null | string;
            /**
             * Format: int32
             * @description How often it was tried.
             */
            attempts: number;
            /** @description What the provider said against it, last; of a message with a one-time link or code its code alone. */
            error_message: null | string;
            /** @description By what it went. */
            transport: null | string;
            /** @description What the provider calls it. */
            provider_id: null | string;
            /**
             * Format: date-time
             * @description Not before.
             */
            send_at: null | string;
            /**
             * Format: date-time
             * @description While it waits.
             */
            next_attempt_at: null | string;
            /**
             * Format: date-time
             * @description When the provider had it.
             */
            sent_at: null | string;
            /**
             * Format: date-time
             * @description When the receiving side said that it has it, or will not.
             */
            feedback_at: null | string;
            /**
             * Format: date-time
             * @description When it was asked for.
             */
            created_at: string;
        };
        /**
         * @description What has become of a message. The first two are the queue; the last word comes from whoever receives it, where it comes at all.
         * @enum {unknown}
         */
        NotificationStatus: "queued" | "sending" | "sent" | "delivered" | "bounced" | "complained" | "suppressed" | "failed" | "cancelled";
        /**
         * @example {
         *       "id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70821",
         *       "name": "Ada's telephone",
         *       "retired_because": null,
         *       "created_at": "2026-01-31T08:00:00Z",
         *       "updated_at": "2026-01-31T08:00:00Z"
         *     }
         */
        OwnDevicesDocument: {
            /**
             * Format: uuid
             * @description Of the device: what `POST push` takes as recipient, as it takes that of the user.
             */
            id: string;
            /** @description As the user reads it. */
            name: null | string;
            /** @description Why it gets nothing any more; null: it gets its messages. */
            retired_because: null | string;
            /**
             * Format: date-time
             * @description When it was registered first.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was registered last.
             */
            updated_at: string;
        };
        /**
         * @example {
         *       "token": "fGx9v2mQT0eY:APA91bH",
         *       "name": "Ada's telephone"
         *     }
         */
        OwnDevicesRequest: {
            /** @description As the platform (APNs, FCM) gave it to the application. */
            token: string;
            /** @description As the user reads it. */
            name?: null | string;
        };
        OwnSessionsDocument: {
            /**
             * Format: uuid
             * @description To end it by.
             */
            id: string;
            /** @description From where the sign-in came. */
            address: null | string;
            /** @description What the device called itself then. */
            user_agent: null | string;
            /**
             * Format: date-time
             * @description The sign-in.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description The last sign-in or refresh.
             */
            last_used_at: string;
            /**
             * Format: date-time
             * @description It ends here, however busy it is.
             */
            expires_at: string;
            /** @description The one that asks. */
            is_current: boolean;
        };
        /** @description A part of a list, and the cursor of the next. */
        PageOfAuditEventDocument: {
            /** @description At most `limit` of them. */
            items: components["schemas"]["AuditEventDocument"][];
            /** @description Sent back as `cursor` for the next page; null on the last one. */
            next_cursor: null | string;
        };
        /** @description A part of a list, and the cursor of the next. */
        PageOfAuditHeadDocument: {
            /** @description At most `limit` of them. */
            items: components["schemas"]["AuditHeadDocument"][];
            /** @description Sent back as `cursor` for the next page; null on the last one. */
            next_cursor: null | string;
        };
        /** @description A part of a list, and the cursor of the next. */
        PageOfFileDocument: {
            /** @description At most `limit` of them. */
            items: components["schemas"]["FileDocument"][];
            /** @description Sent back as `cursor` for the next page; null on the last one. */
            next_cursor: null | string;
        };
        /** @description A part of a list, and the cursor of the next. */
        PageOfFileLinksDocument: {
            /** @description At most `limit` of them. */
            items: components["schemas"]["FileLinksDocument"][];
            /** @description Sent back as `cursor` for the next page; null on the last one. */
            next_cursor: null | string;
        };
        /** @description A part of a list, and the cursor of the next. */
        PageOfNotificationDocument: {
            /** @description At most `limit` of them. */
            items: components["schemas"]["NotificationDocument"][];
            /** @description Sent back as `cursor` for the next page; null on the last one. */
            next_cursor: null | string;
        };
        /** @description A part of a list, and the cursor of the next. */
        PageOfOwnDevicesDocument: {
            /** @description At most `limit` of them. */
            items: components["schemas"]["OwnDevicesDocument"][];
            /** @description Sent back as `cursor` for the next page; null on the last one. */
            next_cursor: null | string;
        };
        /** @description A part of a list, and the cursor of the next. */
        PageOfOwnSessionsDocument: {
            /** @description At most `limit` of them. */
            items: components["schemas"]["OwnSessionsDocument"][];
            /** @description Sent back as `cursor` for the next page; null on the last one. */
            next_cursor: null | string;
        };
        /** @description A part of a list, and the cursor of the next. */
        PageOfRoleDocument: {
            /** @description At most `limit` of them. */
            items: components["schemas"]["RoleDocument"][];
            /** @description Sent back as `cursor` for the next page; null on the last one. */
            next_cursor: null | string;
        };
        /** @description A part of a list, and the cursor of the next. */
        PageOfRolesPermissionDocument: {
            /** @description At most `limit` of them. */
            items: components["schemas"]["RolesPermissionDocument"][];
            /** @description Sent back as `cursor` for the next page; null on the last one. */
            next_cursor: null | string;
        };
        /** @description A part of a list, and the cursor of the next. */
        PageOfSuppressionListDocument: {
            /** @description At most `limit` of them. */
            items: components["schemas"]["SuppressionListDocument"][];
            /** @description Sent back as `cursor` for the next page; null on the last one. */
            next_cursor: null | string;
        };
        /** @description A part of a list, and the cursor of the next. */
        PageOfTemplateRequestsDocument: {
            /** @description At most `limit` of them. */
            items: components["schemas"]["TemplateRequestsDocument"][];
            /** @description Sent back as `cursor` for the next page; null on the last one. */
            next_cursor: null | string;
        };
        /** @description A part of a list, and the cursor of the next. */
        PageOfTemplateRequestsSystemDocument: {
            /** @description At most `limit` of them. */
            items: components["schemas"]["TemplateRequestsSystemDocument"][];
            /** @description Sent back as `cursor` for the next page; null on the last one. */
            next_cursor: null | string;
        };
        /** @description A part of a list, and the cursor of the next. */
        PageOfTemplateRequestsVersionDocument: {
            /** @description At most `limit` of them. */
            items: components["schemas"]["TemplateRequestsVersionDocument"][];
            /** @description Sent back as `cursor` for the next page; null on the last one. */
            next_cursor: null | string;
        };
        /** @description A part of a list, and the cursor of the next. */
        PageOfTenantDocument: {
            /** @description At most `limit` of them. */
            items: components["schemas"]["TenantDocument"][];
            /** @description Sent back as `cursor` for the next page; null on the last one. */
            next_cursor: null | string;
        };
        /** @description A part of a list, and the cursor of the next. */
        PageOfUserDocument: {
            /** @description At most `limit` of them. */
            items: components["schemas"]["UserDocument"][];
            /** @description Sent back as `cursor` for the next page; null on the last one. */
            next_cursor: null | string;
        };
        /**
         * @description How a part does, or all together, from best to worst.
         * @enum {unknown}
         */
        PartHealth: "ok" | "degraded" | "failed";
        PreviewRoleEffect: {
            /**
             * Format: uuid
             * @description Of the user.
             */
            id: string;
            /** @description For callers who hold `users:read`; null for others. */
            email: null | string;
            /** @description By name. */
            gains: string[];
            /** @description By name. */
            loses: string[];
        };
        /**
         * @example {
         *       "parent_id": "019a8f3e-5b00-7e21-a1b2-c3d4e5f60718",
         *       "permissions": [
         *         "users:read"
         *       ]
         *     }
         */
        PreviewRoleRequest: {
            /**
             * Format: uuid
             * @description The role below, as it would be.
             */
            parent_id?: null | string;
            /** @description By name, those that the role would have itself. */
            permissions: string[];
        };
        PreviewRoleResponse: {
            /** @description Those who would gain or lose something, at most `1000`. */
            users: components["schemas"]["PreviewRoleEffect"][];
            /**
             * Format: int32
             * @description How many they are.
             */
            user_count: number;
        };
        /** @enum {unknown} */
        Priority: "high" | "normal" | "bulk";
        /** @description The body of every answer that is not a success (RFC 9457). */
        ProblemDocument: {
            /** @description A stable reference under `/problems/`; it serves a page that explains the kind. */
            type: string;
            /** @description The kind in a few words, the same each time. */
            title: string;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description What was wrong this time. */
            detail: null | string;
            /** @description The path that was asked. */
            instance: string;
            /** @description The kind, for programs. */
            code: string;
            /** @description The W3C trace id, which the log lines of this request carry too. */
            trace_id: string;
            /** @description JSON member to messages, where members are at fault. */
            errors?: {
                [key: string]: string[];
            };
            quota?: null | components["schemas"]["QuotaUse"];
            /** @description Which limit was exceeded, where one was: `tenant`, `address`, `account`, `global`. */
            policy?: string;
        };
        /** @description How far a quota is used. */
        QuotaUse: {
            /** @description `users`. */
            name: string;
            /**
             * Format: int64
             * @description Before the request.
             */
            used: number;
            /**
             * Format: int64
             * @description By the tenant's subscription.
             */
            allowed: number;
        };
        /**
         * @example {
         *       "refresh_token": "tnr_AZqPPmwAfTGfKm0cDlt6QnNob3dzIHdoYXQgaXQgbG9va3MgbGlrZQ"
         *     }
         */
        RefreshRequest: {
            /** @description Not needed in cookie mode: there the cookie is it. */
            refresh_token?: null | string;
        };
        /**
         * @example {
         *       "email": "ada@example.com",
         *       "password": "correct horse battery",
         *       "first_name": "Ada",
         *       "last_name": "Lovelace"
         *     }
         */
        RegisterRequest: {
            /** Format: email */
            email: string;
            /** Format: password */
            password: string;
            first_name: string;
            last_name?: null | string;
        };
        /**
         * @example {
         *       "status": "active",
         *       "id": "019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42",
         *       "email": "ada@example.com",
         *       "first_name": "Ada",
         *       "last_name": "Lovelace"
         *     }
         */
        RegisterResponse: {
            /** @description `active`: sign in now. `verification_required`: follow the link in the mail first. */
            status: string;
            /**
             * Format: uuid
             * @description The new user's; null where verification is required, so that a taken address looks like a free one.
             */
            id: null | string;
            /** @description The address, as it was given. */
            email: string;
            /** @description As given. */
            first_name: string;
            /** @description As given. */
            last_name: null | string;
        };
        /**
         * @description Who may make an account: anybody, those invited, nobody.
         * @enum {unknown}
         */
        Registration: "open" | "invite_only" | "closed";
        /**
         * @example {
         *       "token": "tnm_AZqPPmwAfTGfKm0cDlt6QnNob3dzIHdoYXQgaXQgbG9va3MgbGlrZQ",
         *       "new_password": "a longer horse and two batteries"
         *     }
         */
        ResetPasswordRequest: {
            token: string;
            /** Format: password */
            new_password: string;
        };
        /**
         * @description A role, as the API shows one.
         * @example {
         *       "id": "019a8f3e-5c00-7e21-a1b2-c3d4e5f60718",
         *       "name": "Support",
         *       "description": "Answers questions",
         *       "is_system_role": false,
         *       "parent_id": "019a8f3e-5b00-7e21-a1b2-c3d4e5f60718",
         *       "permissions": [
         *         {
         *           "id": "019a8f3e-4a00-7e21-a1b2-c3d4e5f60718",
         *           "name": "notifications:send",
         *           "from": null
         *         },
         *         {
         *           "id": "019a8f3e-4b00-7e21-a1b2-c3d4e5f60718",
         *           "name": "users:read",
         *           "from": "Viewer"
         *         }
         *       ],
         *       "created_at": "2026-01-30T08:00:00Z",
         *       "updated_at": "2026-01-30T08:00:00Z"
         *     }
         */
        RoleDocument: {
            /** Format: uuid */
            id: string;
            name: string;
            description: null | string;
            is_system_role: boolean;
            /** Format: uuid */
            parent_id: null | string;
            permissions: components["schemas"]["HeldPermission"][];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        /** @description A role, as a user has it. */
        RoleOfUser: {
            /** Format: uuid */
            id: string;
            name: string;
        };
        /**
         * @description A line of the catalogue.
         * @example {
         *       "id": "019a8f3e-4a00-7e21-a1b2-c3d4e5f60718",
         *       "name": "notifications:send",
         *       "description": "Send e-mail, SMS and push",
         *       "resource": "notifications",
         *       "action": "send"
         *     }
         */
        RolesPermissionDocument: {
            /** Format: uuid */
            id: string;
            name: string;
            description: string;
            resource: string;
            action: string;
        };
        /**
         * @description What is known of a file's harmlessness. Where no scanner is set, nothing is, and that is said.
         * @enum {unknown}
         */
        Scan: "not_scanned" | "pending" | "clean" | "infected" | "unscannable";
        /**
         * @example {
         *       "recipient": "ada@example.com",
         *       "template_name": "order_sent",
         *       "template_vars": {
         *         "order": "4711",
         *         "arrives": "2026-02-02"
         *       },
         *       "subject": null,
         *       "body": null,
         *       "html_body": null,
         *       "priority": "normal",
         *       "category": "transactional",
         *       "locale": "de-CH",
         *       "send_at": null
         *     }
         */
        SendMessageRequest: {
            /** @description An address, a telephone number, or for push messages the id of a user or a device. */
            recipient: string;
            /** @description Instead of subject and body. */
            template_name?: null | string;
            /** @description What the template is filled with. */
            template_vars?: unknown;
            /** @description Of a mail; the title of a push message. */
            subject?: null | string;
            /** @description As text. */
            body?: null | string;
            /** @description Of a mail, as HTML, beside the text or instead of it. */
            html_body?: null | string;
            priority?: null | components["schemas"]["Priority"];
            category?: null | components["schemas"]["Category"];
            /** @description The language of the template; not given: `Accept-Language`, the recipient's own, the tenant's. */
            locale?: null | string;
            /**
             * Format: date-time
             * @description Not before; a year from now at most.
             */
            send_at?: null | string;
        };
        /**
         * @example {
         *       "id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70819",
         *       "status": "queued",
         *       "ids": [
         *         "019a8f3e-8d00-7c11-a2b3-c4d5e6f70819"
         *       ],
         *       "segments": null
         *     }
         */
        SendMessageResponse: {
            /**
             * Format: uuid
             * @description Of the message; of the first, where it goes to several devices.
             */
            id: string;
            /** @description `queued`. */
            status: components["schemas"]["NotificationStatus"];
            /** @description Of all. */
            ids: string[];
            /**
             * Format: int32
             * @description Of an SMS: as many are paid for.
             */
            segments: null | number;
        };
        /** @description The user of a session, with what the session may do. */
        SignedInDocument: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            tenant_id: string;
            email: string;
            first_name: null | string;
            last_name: null | string;
            email_verified: boolean;
            role: string;
            permissions: string[];
        };
        /** @enum {unknown} */
        SmsEncoding: "gsm7" | "ucs2";
        /**
         * @description What a tenant has subscribed to; rate limits and quotas follow from it.
         * @enum {unknown}
         */
        SubscriptionTier: "free" | "standard" | "premium";
        /**
         * @example {
         *       "id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70820",
         *       "channel": "email",
         *       "recipient": "gone@example.com",
         *       "reason": "bounce",
         *       "detail": "smtp; 550 5.1.1 user unknown",
         *       "notification_id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70819",
         *       "created_at": "2026-01-31T08:00:00Z"
         *     }
         */
        SuppressionListDocument: {
            /**
             * Format: uuid
             * @description Of the entry.
             */
            id: string;
            /** @description By which they get nothing. */
            channel: components["schemas"]["Channel"];
            /** @description In lower case. */
            recipient: string;
            /** @description Who unsubscribed gets nothing that markets; the others nothing at all. */
            reason: components["schemas"]["SuppressionReason"];
            /** @description What the receiving side said. */
            detail: null | string;
            /**
             * Format: uuid
             * @description The message that brought it about.
             */
            notification_id: null | string;
            /**
             * Format: date-time
             * @description Since when.
             */
            created_at: string;
        };
        /**
         * @example {
         *       "channel": "email",
         *       "recipient": "gone@example.com"
         *     }
         */
        SuppressionListRequest: {
            channel?: null | components["schemas"]["Channel"];
            /** @description An address or a number. */
            recipient: string;
        };
        /**
         * @description Why a recipient gets nothing.
         * @enum {unknown}
         */
        SuppressionReason: "bounce" | "complaint" | "unsubscribe" | "manual";
        /**
         * @example {
         *       "id": "019a8f3e-8d00-7c11-a2b3-c4d5e6f70822",
         *       "name": "order_sent",
         *       "type": "email",
         *       "locale": "en",
         *       "subject": "Your order {{ order }}",
         *       "body": "Your order {{ order }} is on its way.",
         *       "html_body": null,
         *       "translations": {},
         *       "variables": [
         *         {
         *           "name": "order",
         *           "type": "string",
         *           "required": true
         *         }
         *       ],
         *       "is_active": true,
         *       "is_system": false,
         *       "is_security": false,
         *       "problem": null,
         *       "problem_at": null,
         *       "revision": 1,
         *       "created_at": "2026-01-31T08:00:00Z",
         *       "updated_at": "2026-01-31T08:00:00Z"
         *     }
         */
        TemplateRequestsDocument: {
            /**
             * Format: uuid
             * @description Of the template.
             */
            id: string;
            /** @description What senders call it by. */
            name: string;
            /** @description By what its messages go. */
            type: components["schemas"]["Channel"];
            /** @description The language of subject and bodies. */
            locale: string;
            /** @description Of a mail; the title of a push message. */
            subject: null | string;
            /** @description As text. */
            body: null | string;
            /** @description As HTML. */
            html_body: null | string;
            /** @description By language tag. */
            translations: unknown;
            /** @description What it is filled with. */
            variables: unknown;
            /** @description Whether it can be sent. */
            is_active: boolean;
            /** @description Whether it replaces a mail that the service sends by itself. */
            is_system: boolean;
            /** @description Whether it words a mail with a link or a code; only holders of `templates:security` change it. */
            is_security: boolean;
            /** @description Why the service sends its own words instead of these; null: nothing is known to be wrong with them. */
            problem: null | string;
            /**
             * Format: date-time
             * @description When a mail last went out in the service's own words, to the hour.
             */
            problem_at: null | string;
            /**
             * Format: int32
             * @description Counts the wordings.
             */
            revision: number;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            updated_at: string;
        };
        /**
         * @example {
         *       "template_vars": {
         *         "order": "4711",
         *         "arrives": "2026-02-02"
         *       },
         *       "locale": "de-CH"
         *     }
         */
        TemplateRequestsPreviewRequest: {
            /** @description What it is filled with. */
            template_vars?: unknown;
            /** @description In which language; the template's own where it is not given. */
            locale?: null | string;
        };
        TemplateRequestsPreviewResponse: {
            /** @description In one line. */
            subject: null | string;
            /** @description As text. */
            body: null | string;
            /** @description As HTML. */
            html_body: null | string;
            encoding: null | components["schemas"]["SmsEncoding"];
            /**
             * Format: int32
             * @description Of an SMS: as many are paid for.
             */
            segments: null | number;
        };
        /**
         * @example {
         *       "name": "order_sent",
         *       "type": "email",
         *       "locale": "en",
         *       "subject": "Your order {{ order }}",
         *       "body": "Your order {{ order }} is on its way and arrives on {{ arrives | date: '%d.%m.%Y' }}.",
         *       "text_body": null,
         *       "html_body": null,
         *       "translations": {
         *         "de": {
         *           "subject": "Ihre Bestellung {{ order }}",
         *           "body": "Ihre Bestellung {{ order }} ist unterwegs.",
         *           "text_body": null,
         *           "html_body": null
         *         }
         *       },
         *       "variables": [
         *         {
         *           "name": "order",
         *           "type": "string",
         *           "required": true,
         *           "default": null,
         *           "description": "Its number."
         *         },
         *         {
         *           "name": "arrives",
         *           "type": "date",
         *           "required": true,
         *           "default": null,
         *           "description": null
         *         }
         *       ],
         *       "is_active": true
         *     }
         */
        TemplateRequestsRequest: {
            /** @description Small letters, digits, `_`, `-` and `.`; that of a system template replaces it. It stays. */
            name?: null | string;
            type?: null | components["schemas"]["Channel"];
            /** @description The language of subject and bodies; the tenant's where it is not given. */
            locale?: null | string;
            /** @description Of a mail; the title of a push message. Liquid. */
            subject?: null | string;
            /** @description As text. Liquid. */
            body?: null | string;
            /** @description The same, under its longer name. */
            text_body?: null | string;
            /** @description Of a mail, as HTML. Liquid; values are escaped. */
            html_body?: null | string;
            /** @description By language tag, subject and bodies in other languages. */
            translations?: null | {
                [key: string]: components["schemas"]["TemplateRequestsTexts"];
            };
            /** @description What it is filled with. Not given: whatever the texts use, each of it needed. */
            variables?: null | components["schemas"]["TemplateVariable"][];
            /** @description Whether it can be sent; true where it is not given. */
            is_active?: null | boolean;
        };
        TemplateRequestsSystemDocument: {
            /** @description By which a tenant replaces it. */
            name: string;
            /** @description It is sent. */
            when: string;
            /** @description As it is where nobody replaces it. */
            subject: string;
            /** @description The same. */
            body: string;
            /** @description What every wording is filled with. */
            variables: components["schemas"]["TemplateVariable"][];
            action: null | components["schemas"]["ActionKind"];
        };
        TemplateRequestsTexts: {
            /** @description Of a mail; the title of a push message. */
            subject: null | string;
            /** @description As text. */
            body: null | string;
            /** @description The same, under its longer name. */
            text_body: null | string;
            /** @description As HTML. */
            html_body: null | string;
        };
        TemplateRequestsVersionDocument: {
            /**
             * Format: int32
             * @description Of the wording.
             */
            revision: number;
            /** @description The language of subject and bodies. */
            locale: string;
            /** @description As it was. */
            subject: null | string;
            /** @description As it was. */
            body: null | string;
            /** @description As it was. */
            html_body: null | string;
            /** @description As they were. */
            translations: unknown;
            /** @description As they were. */
            variables: unknown;
            /**
             * Format: uuid
             * @description Who worded it so.
             */
            created_by: null | string;
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
        };
        /** @description Something that a template is filled with. */
        TemplateVariable: {
            /** @description Small letters, digits and underscores; what the texts call it. */
            name: string;
            /** @description A `date` is RFC 3339, a date or a moment; a `url` is http or https, so that no link runs a script. */
            type?: components["schemas"]["VariableType"];
            /**
             * @description Whether a message without it is refused.
             * @default true
             */
            required: boolean;
            /** @description In place of one that is not given. */
            default?: unknown;
            /** @description For whoever fills it. */
            description?: null | string;
        };
        /**
         * @description A tenant, as the API shows one. A deleted one is erased after the days of grace; until then it can be brought back.
         * @example {
         *       "id": "019a8f3e-5a00-7c10-8e21-0c9d4b3a2f10",
         *       "name": "Acme",
         *       "slug": "acme",
         *       "custom_domain": null,
         *       "custom_domain_verified": false,
         *       "subscription_tier": "standard",
         *       "rate_limit_per_minute": null,
         *       "is_active": true,
         *       "registration": "open",
         *       "verification_required": false,
         *       "mail_on_new_device": false,
         *       "session_idle_days": null,
         *       "session_days": null,
         *       "allowed_origins": [
         *         "https://app.acme.example"
         *       ],
         *       "sender_name": "Acme",
         *       "sender_address": "hello@acme.example",
         *       "metadata": {
         *         "crm_id": "4711"
         *       },
         *       "created_at": "2026-01-30T08:00:00Z",
         *       "updated_at": "2026-01-30T08:00:00Z",
         *       "deleted_at": null,
         *       "erasure": null
         *     }
         */
        TenantDocument: {
            /** Format: uuid */
            id: string;
            name: string;
            slug: string;
            custom_domain: null | string;
            custom_domain_verified: boolean;
            subscription_tier: components["schemas"]["SubscriptionTier"];
            /** Format: int32 */
            rate_limit_per_minute: null | number;
            is_active: boolean;
            registration: components["schemas"]["Registration"];
            verification_required: boolean;
            mail_on_new_device: boolean;
            /** Format: int32 */
            session_idle_days: null | number;
            /** Format: int32 */
            session_days: null | number;
            allowed_origins: string[];
            sender_name: null | string;
            sender_address: null | string;
            metadata: unknown;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** Format: date-time */
            deleted_at: null | string;
            erasure?: null | components["schemas"]["FailedErasure"];
        };
        /**
         * @example {
         *       "locale": "de-CH",
         *       "redact_bodies": false,
         *       "default_region": "CH",
         *       "sms_countries": [
         *         "CH",
         *         "LI",
         *         "DE",
         *         "AT"
         *       ],
         *       "sms_per_number_per_day": 20,
         *       "sms_per_country_per_day": 1000,
         *       "sms_per_day": 2000
         *     }
         */
        TenantSettingsDocument: {
            /** @description The language where nobody asks for another, as a tag. */
            locale: string;
            /** @description Whether the text of a message goes once it is sent. */
            redact_bodies?: boolean;
            /** @description Where a number without a country code is at home (ISO 3166). */
            default_region?: null | string;
            /** @description Where SMS may go. Empty: to the default region alone. */
            sms_countries?: null | string[];
            /**
             * Format: int32
             * @description In segments, by the calendar in UTC.
             */
            sms_per_number_per_day?: number;
            /**
             * Format: int32
             * @description The same.
             */
            sms_per_country_per_day?: number;
            /**
             * Format: int32
             * @description The same.
             */
            sms_per_day?: number;
        };
        TenantUsageDay: {
            /**
             * Format: date
             * @description In UTC.
             */
            date: string;
            /**
             * Format: int64
             * @description All that named the tenant.
             */
            requests: number;
            /**
             * Format: int64
             * @description Those of them that a limit or a quota turned away.
             */
            refusals: number;
        };
        /**
         * @example {
         *       "as_of": "2026-03-14T09:26:53Z",
         *       "subscription_tier": "standard",
         *       "users": {
         *         "count": 212,
         *         "allowed": 10000
         *       },
         *       "active_users": 208,
         *       "active_sessions": 31,
         *       "messages": {
         *         "count": 340,
         *         "allowed": 100000
         *       },
         *       "files": 87,
         *       "storage_bytes": {
         *         "count": 1204211902,
         *         "allowed": 107374182400
         *       },
         *       "notifications": [
         *         {
         *           "channel": "email",
         *           "status": "sent",
         *           "count": 340
         *         }
         *       ],
         *       "days": [
         *         {
         *           "date": "2026-03-14",
         *           "requests": 15926,
         *           "refusals": 3
         *         }
         *       ]
         *     }
         */
        TenantUsageDocument: {
            /**
             * Format: date-time
             * @description When it was counted. Requests of the last few seconds may be missing.
             */
            as_of: string;
            /** @description The quotas are this tier's. */
            subscription_tier: components["schemas"]["SubscriptionTier"];
            /** @description All: invited and deactivated ones count. */
            users: components["schemas"]["TenantUsageUsed"];
            /**
             * Format: int64
             * @description Those of them that may sign in.
             */
            active_users: number;
            /**
             * Format: int64
             * @description Sign-ins that have neither ended nor expired.
             */
            active_sessions: number;
            /** @description That the tenant had sent this month; what the service sends by itself is not among them. */
            messages: components["schemas"]["TenantUsageUsed"];
            /**
             * Format: int64
             * @description That there are.
             */
            files: number;
            /** @description Of all of them together. */
            storage_bytes: components["schemas"]["TenantUsageUsed"];
            /** @description Of this month, by channel and status, those of the service included. */
            notifications: components["schemas"]["TenantUsageSent"][];
            /** @description Newest first, by the calendar in UTC; days without requests are left out. */
            days: components["schemas"]["TenantUsageDay"][];
        };
        TenantUsageSent: {
            /** @description By which they go. */
            channel: components["schemas"]["Channel"];
            /** @description What has become of them. */
            status: components["schemas"]["NotificationStatus"];
            /**
             * Format: int64
             * @description So many.
             */
            count: number;
        };
        TenantUsageUsed: {
            /**
             * Format: int64
             * @description Of them there are.
             */
            count: number;
            /**
             * Format: int64
             * @description By the subscription. Null: as many as the tenant likes.
             */
            allowed: null | number;
        };
        /**
         * @description What a sign-in and each refresh answer.
         * @example {
         *       "access_token": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6IjAxOWE4ZjNl...",
         *       "token_type": "Bearer",
         *       "expires_in": 900,
         *       "refresh_token": "tnr_AZqPPmwAfTGfKm0cDlt6QnNob3dzIHdoYXQgaXQgbG9va3MgbGlrZQ",
         *       "refresh_expires_in": 2592000,
         *       "user": {
         *         "id": "019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42",
         *         "tenant_id": "019a8f3e-5a00-7c10-8e21-0c9d4b3a2f10",
         *         "email": "ada@example.com",
         *         "first_name": "Ada",
         *         "last_name": "Lovelace",
         *         "email_verified": true,
         *         "role": "Viewer",
         *         "permissions": [
         *           "files:read",
         *           "notifications:read",
         *           "roles:read",
         *           "tenants:read",
         *           "users:read"
         *         ]
         *       },
         *       "device_token": "tnd_Qm90aCB0aGUgbG9jayBhbmQgdGhlIGtleSBhcmUgb3Vycy4"
         *     }
         */
        TokenAnswer: {
            /** @description Sent with each request: `Authorization: Bearer ...` */
            access_token: string;
            /** @description Always `Bearer`. */
            token_type: string;
            /**
             * Format: int32
             * @description Seconds until the access token ends.
             */
            expires_in: number;
            /** @description Exchanged once, at `POST auth/refresh`, for a new pair. Keep it where scripts cannot read it. Not there in cookie mode. */
            refresh_token?: string;
            /**
             * Format: int32
             * @description Seconds until the refresh token ends.
             */
            refresh_expires_in: number;
            /** @description Who signed in. */
            user: components["schemas"]["SignedInDocument"];
            /** @description At a sign-in on a device that is new: keep it, and show it at the next sign-in there. A cookie in cookie mode. */
            device_token?: string;
            /** @description In cookie mode: say it in `X-CSRF-Token` on refresh and logout. */
            csrf_token?: string;
        };
        /**
         * @description A user, as the API shows one.
         * @example {
         *       "id": "019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42",
         *       "email": "ada@example.com",
         *       "first_name": "Ada",
         *       "last_name": "Lovelace",
         *       "phone": null,
         *       "locale": "en",
         *       "status": "active",
         *       "email_verified": true,
         *       "is_active": true,
         *       "roles": [
         *         {
         *           "id": "019a8f3e-5b00-7e21-a1b2-c3d4e5f60718",
         *           "name": "User"
         *         }
         *       ],
         *       "last_login_at": "2026-01-31T08:00:00Z",
         *       "created_at": "2026-01-30T08:00:00Z",
         *       "updated_at": "2026-01-30T08:00:00Z"
         *     }
         */
        UserDocument: {
            /** Format: uuid */
            id: string;
            email: string;
            first_name: null | string;
            last_name: null | string;
            phone: null | string;
            locale: null | string;
            status: components["schemas"]["UserStatus"];
            email_verified: boolean;
            is_active: boolean;
            roles: components["schemas"]["RoleOfUser"][];
            /** Format: date-time */
            last_login_at: null | string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        /**
         * @description Whether a user can sign in, and if not, why.
         * @enum {unknown}
         */
        UserStatus: "active" | "invited" | "deactivated";
        /**
         * @description What a value has to be.
         * @default any
         * @enum {unknown}
         */
        VariableType: "any" | "string" | "number" | "boolean" | "date" | "url" | "list" | "object";
        /**
         * @example {
         *       "token": "tnm_AZqPPmwAfTGfKm0cDlt6QnNob3dzIHdoYXQgaXQgbG9va3MgbGlrZQ"
         *     }
         */
        VerifyEmailRequest: {
            token: string;
        };
        WellKnownConfiguration: {
            issuer: string;
            jwks_uri: string;
            id_token_signing_alg_values_supported: string[];
            response_types_supported: string[];
            subject_types_supported: string[];
        };
        /** @description The public half of a signing key (RFC 7518, section 6.2). */
        WellKnownKey: {
            kty: string;
            use: string;
            alg: string;
            kid: string;
            crv: string;
            x: string;
            y: string;
        };
        /**
         * @description A JSON Web Key Set (RFC 7517).
         * @example {
         *       "keys": [
         *         {
         *           "kty": "EC",
         *           "use": "sig",
         *           "alg": "ES256",
         *           "kid": "019a8f3e6c007d319f2a6d1c0e5b7a42",
         *           "crv": "P-256",
         *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
         *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
         *         }
         *       ]
         *     }
         */
        WellKnownKeySet: {
            keys: components["schemas"]["WellKnownKey"][];
        };
    };
    responses: {
        /** @description The request is not valid */
        Problem400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Authentication failed */
        Problem401: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Permission denied */
        Problem403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Not found */
        Problem404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Conflict */
        Problem409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Payload too large */
        Problem413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Unsupported media type */
        Problem415: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description The Idempotency-Key was used for something else */
        Problem422: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Too many requests */
        Problem429: {
            headers: {
                /** @description Seconds after which it is worth another try. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Internal error */
        Problem500: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description A dependency is away */
        Problem503: {
            headers: {
                /** @description Seconds after which it is worth another try. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
        /** @description Precondition failed */
        Problem412: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    postAuthRegister: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug or id of the tenant, where the host does not name it. */
                "X-Tenant"?: string;
                /** @description Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegisterRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegisterResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthLogin: {
        parameters: {
            query?: never;
            header?: {
                "X-Session-Mode"?: string;
                /** @description Slug or id of the tenant, where the host does not name it. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenAnswer"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthRefresh: {
        parameters: {
            query?: never;
            header?: {
                "X-CSRF-Token"?: string;
                /** @description Slug or id of the tenant, where the host does not name it. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": null | components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenAnswer"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthLogout: {
        parameters: {
            query?: never;
            header?: {
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": null | components["schemas"]["LogoutRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthVerifyEmail: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug or id of the tenant, where the host does not name it. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerifyEmailRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthVerifyEmailResend: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug or id of the tenant, where the host does not name it. */
                "X-Tenant"?: string;
                /** @description Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MailRequestRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthPasswordResetRequest: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug or id of the tenant, where the host does not name it. */
                "X-Tenant"?: string;
                /** @description Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MailRequestRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthPasswordReset: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug or id of the tenant, where the host does not name it. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetPasswordRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthAcceptInvitation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug or id of the tenant, where the host does not name it. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptInvitationRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postAuthPasswordChange: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePasswordRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getAuthSessions: {
        parameters: {
            query?: {
                /** @description How many to answer at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfOwnSessionsDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteAuthSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteAuthSessionsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getAuthMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetMeResponse"];
                };
            };
            /** @description The caller has this version already (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteAuthMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": null | components["schemas"]["DeleteMeRequest"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    patchAuthMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeMeRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetMeResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getAuthMeExport: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExportMeResponse"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getTenants: {
        parameters: {
            query?: {
                name?: string;
                slug?: string;
                tier?: string;
                is_active?: boolean;
                /** @description How many to answer at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfTenantDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postTenants: {
        parameters: {
            query?: never;
            header?: {
                /** @description Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateTenantRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getTenantsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantDocument"];
                };
            };
            /** @description The caller has this version already (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    putTenantsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeTenantRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteTenantsById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantDocument"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postTenantsByIdRestore: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantDocument"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getTenantsByIdUsage: {
        parameters: {
            query?: {
                days?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantUsageDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getTenantsByIdDomainProof: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DomainProof"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postTenantsByIdVerifyDomain: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantDocument"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getUsers: {
        parameters: {
            query?: {
                email?: string;
                role?: string;
                is_active?: boolean;
                status?: string;
                q?: string;
                /** @description How many to answer at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfUserDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postUsers: {
        parameters: {
            query?: never;
            header?: {
                /** @description Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InviteUserRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getUsersById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDocument"];
                };
            };
            /** @description The caller has this version already (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    putUsersById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeUserRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteUsersById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postUsersByIdDeactivate: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDocument"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postUsersByIdActivate: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDocument"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postUsersByIdRoles: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeUserRoleRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteUsersByIdRolesByRoleId: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
                roleId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteUsersByIdSessions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postUsersByIdInvitation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteUsersByIdInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getRoles: {
        parameters: {
            query?: {
                name?: string;
                is_system_role?: boolean;
                /** @description How many to answer at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfRoleDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postRoles: {
        parameters: {
            query?: never;
            header?: {
                /** @description Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeRoleRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getRolesById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleDocument"];
                };
            };
            /** @description The caller has this version already (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    putRolesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeRoleRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteRolesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postRolesByIdPermissions: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeRolePermissionRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteRolesByIdPermissionsByPermissionId: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
                permissionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postRolesByIdPreview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewRoleRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewRoleResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getPermissions: {
        parameters: {
            query?: {
                resource?: string;
                /** @description How many to answer at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfRolesPermissionDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsUnsubscribe: {
        parameters: {
            query?: {
                token?: string;
            };
            header?: {
                /** @description Slug or id of the tenant, where the host does not name it. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsUnsubscribe: {
        parameters: {
            query?: {
                token?: string;
            };
            header?: {
                /** @description Slug or id of the tenant, where the host does not name it. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getFilesShared: {
        parameters: {
            query?: {
                token?: string;
            };
            header?: {
                /** @description Slug or id of the tenant, where the host does not name it. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Found */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postFilesShared: {
        parameters: {
            query?: {
                token?: string;
            };
            header?: {
                /** @description Slug or id of the tenant, where the host does not name it. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": string;
                "application/x-www-form-urlencoded": string;
            };
        };
        responses: {
            /** @description Found */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getAccessExplain: {
        parameters: {
            query?: {
                user_id?: string;
                permission?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessExplanation"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsEmail: {
        parameters: {
            query?: never;
            header?: {
                /** @description Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendMessageRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendMessageResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsSms: {
        parameters: {
            query?: never;
            header?: {
                /** @description Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendMessageRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendMessageResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsPush: {
        parameters: {
            query?: never;
            header?: {
                /** @description Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendMessageRequest"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendMessageResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsHistory: {
        parameters: {
            query?: {
                channel?: string;
                status?: string;
                recipient?: string;
                template_name?: string;
                category?: string;
                user_id?: string;
                from?: string;
                to?: string;
                /** @description How many to answer at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfNotificationDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationDocument"];
                };
            };
            /** @description The caller has this version already (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsByIdRetry: {
        parameters: {
            query?: never;
            header?: {
                /** @description Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsByIdCancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationDocument"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantSettingsDocument"];
                };
            };
            /** @description The caller has this version already (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    putNotificationsSettings: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TenantSettingsDocument"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantSettingsDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsFeedbackSns: {
        parameters: {
            query?: never;
            header?: {
                /** @description Slug or id of the tenant, where the host does not name it. */
                "X-Tenant"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsTemplates: {
        parameters: {
            query?: {
                name?: string;
                type?: string;
                is_active?: boolean;
                /** @description How many to answer at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfTemplateRequestsDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsTemplates: {
        parameters: {
            query?: never;
            header?: {
                /** @description Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TemplateRequestsRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateRequestsDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsTemplatesSystem: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfTemplateRequestsSystemDocument"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsTemplatesById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateRequestsDocument"];
                };
            };
            /** @description The caller has this version already (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    putNotificationsTemplatesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TemplateRequestsRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateRequestsDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteNotificationsTemplatesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsTemplatesByIdPreview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TemplateRequestsPreviewRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateRequestsPreviewResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsTemplatesByIdVersions: {
        parameters: {
            query?: {
                /** @description How many to answer at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfTemplateRequestsVersionDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsTemplatesByIdVersionsByRevisionRestore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                revision: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateRequestsDocument"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsSuppressions: {
        parameters: {
            query?: {
                channel?: string;
                recipient?: string;
                reason?: string;
                /** @description How many to answer at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfSuppressionListDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsSuppressions: {
        parameters: {
            query?: never;
            header?: {
                /** @description Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SuppressionListRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SuppressionListDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteNotificationsSuppressionsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getNotificationsDevices: {
        parameters: {
            query?: {
                /** @description How many to answer at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfOwnDevicesDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postNotificationsDevices: {
        parameters: {
            query?: never;
            header?: {
                /** @description Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OwnDevicesRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnDevicesDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteNotificationsDevicesById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postFilesUpload: {
        parameters: {
            query?: {
                /** @description A JSON object, where the body is the file itself. */
                metadata?: string;
                /** @description With commas between them, where the body is the file itself. */
                tags?: string;
            };
            header?: {
                /** @description Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer. */
                "Idempotency-Key"?: string;
                /** @description The name of a file that is the body itself: `attachment; filename="invoice.pdf"`. */
                "Content-Disposition"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** @description A JSON object; before the file. */
                    metadata?: string;
                    /** @description With commas between them; before the file. */
                    tags?: string;
                    /** Format: binary */
                    file: Blob;
                };
                "application/octet-stream": Blob;
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postFilesUploads: {
        parameters: {
            query?: never;
            header?: {
                /** @description Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DirectUploadRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DirectUploadResponse"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postFilesUploadsByIdComplete: {
        parameters: {
            query?: never;
            header?: {
                /** @description Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteFilesUploadsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getFiles: {
        parameters: {
            query?: {
                name?: string;
                type?: string;
                tag?: string;
                user_id?: string;
                from?: string;
                to?: string;
                min_size?: number;
                max_size?: number;
                /** @description How many to answer at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfFileDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getFilesSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileRulesDocument"];
                };
            };
            /** @description The caller has this version already (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    putFilesSettings: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FileRulesDocument"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileRulesDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getFilesById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDocument"];
                };
            };
            /** @description The caller has this version already (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteFilesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    patchFilesById: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins. */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeFileRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getFilesByIdDownload: {
        parameters: {
            query?: {
                redirect?: boolean;
                expires_in?: number;
                disposition?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DownloadFileAddress"];
                };
            };
            /** @description Found */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The caller has this version already (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    headFilesByIdDownload: {
        parameters: {
            query?: {
                redirect?: boolean;
                expires_in?: number;
                disposition?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DownloadFileAddress"];
                };
            };
            /** @description Found */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The caller has this version already (`If-None-Match`). */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postFilesByIdScan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileDocument"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getFilesByIdLinks: {
        parameters: {
            query?: {
                /** @description How many to answer at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfFileLinksDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    postFilesByIdLinks: {
        parameters: {
            query?: never;
            header?: {
                /** @description Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FileLinksRequest"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileLinksDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteFilesLinksById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getAuditEvents: {
        parameters: {
            query?: {
                action?: string;
                outcome?: string;
                actor_id?: string;
                target_id?: string;
                from?: string;
                to?: string;
                tenant_id?: string;
                /** @description How many to answer at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfAuditEventDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getAuditEventsExport: {
        parameters: {
            query?: {
                action?: string;
                outcome?: string;
                actor_id?: string;
                target_id?: string;
                from?: string;
                to?: string;
                tenant_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["AuditEventDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getAuditEventsHeads: {
        parameters: {
            query?: {
                tenant_id?: string;
                /** @description How many to answer at most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfAuditHeadDocument"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getAuditEventsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEventDocument"];
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getWellKnownJwksJson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WellKnownKeySet"];
                };
            };
            500: components["responses"]["Problem500"];
        };
    };
    getWellKnownOpenidConfiguration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WellKnownConfiguration"];
                };
            };
            500: components["responses"]["Problem500"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthReport"];
                };
            };
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getHealthLive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthReport"];
                };
            };
            500: components["responses"]["Problem500"];
        };
    };
    getHealthReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthReport"];
                };
            };
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
}
