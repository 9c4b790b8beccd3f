// Code that a web server would run, whatever the file says that it is. Own rules.

rule php_runs_what_it_is_sent
{
    strings:
        $tag = "<?"
        $run = /\b(eval|assert|system|exec|passthru|shell_exec|popen|proc_open|create_function|call_user_func(_array)?|preg_replace)\s{0,4}\(\s{0,4}@?(\$_(GET|POST|REQUEST|COOKIE|SERVER|FILES)|base64_decode|gzinflate|gzuncompress|str_rot13|strrev|\$\{|\$[a-z_]\w{0,30}\s{0,4}\()/ nocase
        $backtick = /`\s{0,4}\$_(GET|POST|REQUEST|COOKIE)/
        $variable = /\$_(GET|POST|REQUEST|COOKIE)\s{0,4}\[[^\]]{1,40}\]\s{0,4}\(/
        $move = /(move_uploaded_file|file_put_contents|fwrite)\s{0,4}\([^;]{0,120}\$_(FILES|GET|POST|REQUEST)/ nocase
    condition:
        $tag and ($run or $backtick or $variable or $move)
}

rule jsp_runs_what_it_is_sent
{
    strings:
        $tag = "<%"
        $run = /Runtime\s*\.\s*getRuntime\s*\(\s*\)\s*\.\s*exec|new\s+ProcessBuilder/
        $ask = /request\s*\.\s*getParameter/
        $class = /defineClass|ClassLoader/
    condition:
        $tag and ($run or ($ask and $class))
}

rule asp_runs_what_it_is_sent
{
    strings:
        $tag = "<%"
        $server = "<script" nocase
        $run = /\b(eval|execute|executeglobal)\s*\(?\s*request\b/ nocase
        $object = /(server\.)?createobject\s*\(\s*["'](wscript\.shell|scripting\.filesystemobject|adodb\.stream)/ nocase
        $process = "System.Diagnostics.Process" nocase
    condition:
        ($tag or $server) and ($run or $object or ($process and $tag))
}

rule server_settings_dropped
{
    strings:
        $type = /(AddType|AddHandler|SetHandler)\s+[^\r\n]{0,60}(php|cgi|x-httpd)/ nocase
        $engine = "php_value auto_prepend_file" nocase
        $prepend = /auto_(prepend|append)_file\s*=/ nocase
        $robot = /RewriteCond\s+%\{HTTP_(USER_AGENT|REFERER)\}\s+[^\r\n]{0,80}(google|bing|yandex|bot)/ nocase
    condition:
        any of them
}
