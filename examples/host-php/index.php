<?php

// A small site with users and passwords of its own that adds WeChat. Only PHP itself, no extension.
//
//   PUBLIC_URL=http://127.0.0.1:4200 LOGIN_URL=http://localhost:4000 CLIENT_ID=shop API_KEY=wlk_… WEBHOOK_SECRET=whsec_… \
//     php -S 127.0.0.1:4200 index.php

declare(strict_types=1);

/** Of the apps in WECHAT_APPS, the one whose openids this site uses, such as for payment. */
const OPENID_APP = 'oa';

$publicUrl = (string) getenv('PUBLIC_URL');
$loginUrl = (string) getenv('LOGIN_URL');
$returnTo = "$publicUrl/wechat/return";
$isSecure = str_starts_with($publicUrl, 'https:');

/** The host API refused; the message is its code. */
final class Refused extends RuntimeException
{
}

function callLogin(string $method, string $path, array $body): array
{
    global $loginUrl;
    $answer = file_get_contents("$loginUrl/api/v1$path", false, stream_context_create(['http' => [
        'method' => $method,
        'header' => ['Authorization: Bearer ' . getenv('API_KEY'), 'Content-Type: application/json'],
        'content' => json_encode($body, JSON_THROW_ON_ERROR),
        'timeout' => 10,
        'follow_location' => 0,
        // Also reads the body of a refusal.
        'ignore_errors' => true,
    ]]));
    if ($answer === false) {
        throw new RuntimeException('The login service does not answer.');
    }
    $read = json_decode($answer, true, 32, JSON_THROW_ON_ERROR);
    if (!preg_match('~^HTTP/\S+ 2~', $http_response_header[0])) {
        throw new Refused($read['code']);
    }
    return $read;
}

/** Reads and changes the file of users, one request at a time. A real site has a database here. */
function change(callable $apply): mixed
{
    $file = fopen(getenv('DATABASE') ?: 'host.json', 'c+');
    flock($file, LOCK_EX);
    $text = stream_get_contents($file);
    $data = $text === '' ? ['users' => [], 'events' => []] : json_decode($text, true, 32, JSON_THROW_ON_ERROR);
    $result = $apply($data);
    rewind($file);
    ftruncate($file, 0);
    fwrite($file, json_encode($data, JSON_THROW_ON_ERROR));
    fclose($file);
    return $result;
}

function createUser(array &$data, string $name, ?string $mail = null, ?string $password = null): string
{
    $id = bin2hex(random_bytes(16));
    $data['users'][$id] = [
        'id' => $id,
        'name' => $name,
        'mail' => $mail,
        'password' => $password === null ? null : password_hash($password, PASSWORD_DEFAULT),
        'wechatUserId' => null,
        'openid' => null,
    ];
    return $id;
}

function disconnect(array &$data, string $wechatUserId): void
{
    foreach ($data['users'] as &$user) {
        if ($user['wechatUserId'] === $wechatUserId) {
            $user['wechatUserId'] = $user['openid'] = null;
        }
    }
}

/** The user for who came back with a ticket; a new one is told to the login service by the id here. */
function userFor(array $person): string
{
    [$id, $isNew] = change(function (array &$data) use ($person): array {
        $known = $data['users'][$person['externalId'] ?? '']['id'] ?? null;
        foreach ($data['users'] as $user) {
            $known ??= $user['wechatUserId'] === $person['userId'] ? $user['id'] : null;
        }
        $id = $known ?? createUser($data, $person['profile']['nickname'] ?? 'WeChat user');
        disconnect($data, $person['userId']);
        $data['users'][$id]['wechatUserId'] = $person['userId'];
        $data['users'][$id]['openid'] = array_column($person['bindings'], 'openid', 'app')[OPENID_APP] ?? null;
        return [$id, $known === null];
    });
    if ($isNew) {
        callLogin('PUT', "/users/{$person['userId']}/external-id", ['externalId' => $id, 'replace' => true]);
    }
    return $id;
}

/** Standard Webhooks: the signature is over id, time and the bytes that were sent; older than five minutes is refused. */
function isSigned(string $body): bool
{
    $id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
    $sentAt = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    $secret = (string) getenv('WEBHOOK_SECRET');
    if ($secret === '' || !ctype_digit($sentAt) || abs(time() - (int) $sentAt) > 300) {
        return false;
    }
    $key = base64_decode(preg_replace('/^whsec_/', '', $secret));
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$sentAt.$body", $key, true));
    foreach (explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '') as $given) {
        if (hash_equals($expected, $given)) {
            return true;
        }
    }
    return false;
}

function redirect(string $location): never
{
    header("Location: $location", true, 303);
    exit;
}

function refuse(int $status, string $message): never
{
    http_response_code($status);
    exit(htmlspecialchars($message));
}

function signIn(string $userId): never
{
    session_regenerate_id(true);
    $_SESSION['userId'] = $userId;
    redirect('/');
}

/** The nonce stays in this browser: a ticket that another one brings is worth nothing without it. */
function newNonce(): string
{
    return $_SESSION['nonce'] = bin2hex(random_bytes(24));
}

function homePage(?array $user, array $events): string
{
    $received = '<p>Events: ' . htmlspecialchars(implode(', ', $events) ?: 'none') . '</p>';
    if ($user === null) {
        $fields = '<input name="mail" type="email"> <input name="password" type="password">';
        return "<form method=\"post\" action=\"/register\">$fields <button>Register</button></form>"
            . "<form method=\"post\" action=\"/sign-in\">$fields <button>Sign in</button></form>"
            . "<p><a href=\"/wechat/sign-in\">Sign in with WeChat</a></p>$received";
    }
    $name = htmlspecialchars($user['name']);
    $openid = $user['openid'] === null ? '' : ' Your openid: <code>' . htmlspecialchars($user['openid']) . '</code>';
    $connect = '<form method="post" action="/wechat/connect"><button>Connect WeChat</button></form>';
    $state = $user['wechatUserId'] === null ? $connect : '<p>WeChat is connected.</p>';
    $leave = '<form method="post" action="/sign-out"><button>Sign out</button></form>';
    return "<p>You are <b>$name</b>, user <code>{$user['id']}</code>.$openid</p>$state$leave$received";
}

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$route = "{$_SERVER['REQUEST_METHOD']} $path";

if ($route === 'POST /webhook') {
    $body = (string) file_get_contents('php://input');
    if (!isSigned($body)) {
        refuse(401, 'The signature is wrong.');
    }
    $event = json_decode($body, true, 32, JSON_THROW_ON_ERROR);
    change(function (array &$data) use ($event): void {
        // Webhooks come at least once.
        $isNew = !isset($data['events'][$_SERVER['HTTP_WEBHOOK_ID']]);
        $data['events'][$_SERVER['HTTP_WEBHOOK_ID']] = $event['type'];
        // The person was erased there: what came from WeChat goes here, too.
        if ($isNew && $event['type'] === 'user.erased') {
            disconnect($data, $event['data']['userId']);
        }
    });
    http_response_code(204);
    exit;
}

// SameSite=Lax: no page of another site can post one of these forms for a person.
session_start(['cookie_httponly' => true, 'cookie_samesite' => 'Lax', 'cookie_secure' => $isSecure, 'use_strict_mode' => true]);
header('Content-Type: text/html; charset=utf-8');
$data = change(fn (array &$data) => $data);
$user = $data['users'][$_SESSION['userId'] ?? ''] ?? null;
$mail = (string) ($_POST['mail'] ?? '');
$password = (string) ($_POST['password'] ?? '');

try {
    switch ($route) {
        case 'GET /':
            exit(homePage($user, array_values($data['events'])));
        case 'POST /register':
            if (!filter_var($mail, FILTER_VALIDATE_EMAIL) || strlen($password) < 12 || in_array($mail, array_column($data['users'], 'mail'), true)) {
                refuse(400, 'A new mail address and a password of 12 characters, please.');
            }
            signIn(change(function (array &$data) use ($mail, $password): string {
                return createUser($data, strstr($mail, '@', true), $mail, $password);
            }));
        case 'POST /sign-in':
            foreach ($data['users'] as $one) {
                if ($one['mail'] === $mail && password_verify($password, (string) $one['password'])) {
                    signIn($one['id']);
                }
            }
            refuse(401, 'Mail address or password is wrong.');
        case 'POST /sign-out':
            session_destroy();
            redirect('/');
        case 'GET /wechat/sign-in':
            $query = ['client' => getenv('CLIENT_ID'), 'return_to' => $returnTo, 'nonce' => newNonce()];
            redirect("$loginUrl/login/wechat?" . http_build_query($query));
        case 'POST /wechat/connect':
            if ($user === null) {
                redirect('/');
            }
            redirect(callLogin('POST', '/bind-links', [
                'externalId' => $user['id'],
                'label' => $user['mail'] ?? $user['name'],
                'returnTo' => $returnTo,
                'nonce' => newNonce(),
            ])['url']);
        case 'GET /wechat/return':
            $nonce = $_SESSION['nonce'] ?? '';
            unset($_SESSION['nonce']);
            $ticket = (string) ($_GET['ticket'] ?? '');
            signIn(userFor(callLogin('POST', '/tickets/redeem', ['ticket' => $ticket, 'nonce' => $nonce])));
        default:
            refuse(404, 'Not found');
    }
} catch (Refused) {
    refuse(400, 'That did not work. Please try again.');
}
