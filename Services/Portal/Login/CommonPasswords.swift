/// Passwords of twelve characters and more that everybody tries first. Lowercase; shorter ones fail by length.
enum CommonPasswords {
    static let list: Set<String> = [
        "1234567890ab", "123456789012", "1234567890123", "12345678901234", "123456789abc", "1q2w3e4r5t6y",
        "1q2w3e4r5t6y7u", "1qaz2wsx3edc", "1qaz2wsx3edc4rfv", "abc123456789", "abcd1234abcd", "abcdefghijkl",
        "abcdefghijklm", "adminadmin12", "admin1234567", "admin123admin", "admin@123456", "administrator",
        "administrator1", "changemenow1", "changeme1234", "changeme12345", "changeme123456", "changeit1234",
        "correcthorsebatterystaple", "correct horse battery staple", "defaultpassword", "football1234", "iloveyou1234",
        "iloveyouforever", "letmein12345", "letmein123456", "lockstep1234", "lockstep12345", "lockstepadmin",
        "longpassword", "longpassword1", "masterpassword", "monkey123456", "mypassword12", "mypassword123",
        "mysecretpassword", "newpassword1", "newpassword123", "p@ssw0rd1234", "p@ssword1234", "pa$$word1234",
        "password0000", "password1234", "password12345", "password123456", "password1234567", "password12345678",
        "password123456789", "password@123", "password@1234", "password_123", "passwordpassword", "princess1234",
        "q1w2e3r4t5y6", "qazwsxedcrfv", "qwerty123456", "qwerty1234567", "qwertyqwerty", "qwertyuiop12",
        "qwertyuiop123", "qwertyuiop[]", "qwertyuiopasdfghjkl", "secretpassword", "sunshine1234", "superadmin12",
        "superadmin123", "superpassword", "supersecret1", "supersecret123", "testpassword", "testpassword1",
        "testtesttest", "thisisapassword", "trustno1trustno1", "welcome12345", "welcome123456", "yourpassword",
        "zaq12wsxcde3", "zaq12wsxcde34rfv", "your-password", "your-password-here", "change-me-please",
        "replace-me-now", "administrator123",
    ]
}
