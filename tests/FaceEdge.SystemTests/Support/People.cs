using System.Collections.Concurrent;

namespace FaceEdge.SystemTests.Support;

/// <summary>A person and the bytes of a JPEG on which theirs is the only or by far the largest face.</summary>
internal sealed record PersonPhoto(string Name, byte[] Jpeg);

/// <summary>
/// Different people from the npm packages. Each was looked at, and no two of them are more similar than 0.30 (cosine of fr512,
/// computed independently of the product), far under the lowest threshold of 0.375. Left out for that reason or because their
/// make-up hides them: some women of the group photos who come back on a second one, Connery's film make-up, masks and drawings.
/// </summary>
internal static class People
{
    /// <summary>Photos of one person each.</summary>
    private static readonly string[] Single =
    [
        "cage.jpg", "audrey.jpg", "SeanConnery.jpg", "bieber_small.jpg", "franck_01829.jpg", "bill-murray-snl_crop.jpg", "chuck_crop.jpg",
        "fragrance-George-Clooney-main_crop.jpg", "kim1_crop.jpg", "obama4_crop.jpg", "queen20_crop.jpg", "ri_1_crop.jpg",
        "walter2_crop.jpg", "joconde.jpg",
    ];

    /// <summary>Faces in group photos: the photo and the face's left, top, right and bottom in its pixels.</summary>
    private static readonly (string Photo, int Left, int Top, int Right, int Bottom)[] InGroups =
    [
        ("sample1.jpg", 413, 352, 603, 594), ("sample2.jpg", 890, 221, 1061, 461), ("sample2.jpg", 1444, 158, 1646, 392),
        ("sample3.jpg", 1073, 205, 1305, 515), ("sample4.jpg", 266, 194, 422, 449), ("sample4.jpg", 991, 181, 1163, 430),
        ("sample4.jpg", 1263, 163, 1419, 393), ("sample5.jpg", 609, 406, 771, 680), ("sample5.jpg", 1114, 208, 1276, 429),
        ("sample5.jpg", 1413, 390, 1592, 664), ("sample6.jpg", 258, 486, 467, 764), ("sample6.jpg", 674, 319, 852, 628),
        ("sample6.jpg", 1479, 252, 1700, 553),
    ];

    private static readonly Lazy<PersonPhoto[]> Everybody = new(Collect);
    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> Made = new();

    /// <summary>All of them, 27.</summary>
    public static IReadOnlyList<PersonPhoto> All => Everybody.Value;

    public static byte[] Cage => Photo("cage.jpg");

    public static byte[] Audrey => Photo("audrey.jpg");

    public static byte[] Connery => Photo("SeanConnery.jpg");

    /// <summary>The bytes of a photo of the packages.</summary>
    public static byte[] Photo(string name) => Remember(name, () => File.ReadAllBytes(Product.Photo(name)));

    /// <summary>A photo made with ImageMagick from another, once for all tests: <c>convert jpg:- ARGUMENTS format:-</c>.</summary>
    public static byte[] Variant(byte[] photo, string format, params string[] arguments) => Remember(
        $"{photo.Length} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(photo))} {format} {string.Join(' ', arguments)}",
        () => Tool.Run("/usr/bin/convert", photo, ["-", .. arguments, format + ":-"]));

    /// <summary>A picture made with ImageMagick from nothing, once for all tests.</summary>
    public static byte[] Drawn(params string[] arguments) => Remember(string.Join(' ', arguments), () => Tool.Run("/usr/bin/convert", null, arguments));

    private static byte[] Remember(string key, Func<byte[]> make) => Made.GetOrAdd(key, _ => new Lazy<byte[]>(make)).Value;

    private static PersonPhoto[] Collect() =>
    [
        .. Single.Select(name => new PersonPhoto(name, Photo(name))),
        .. InGroups.Select(g => new PersonPhoto($"{g.Photo} at {g.Left},{g.Top}", Cut(g.Photo, g.Left, g.Top, g.Right, g.Bottom))),
    ];

    /// <summary>The face in a square with half its height around it.</summary>
    private static byte[] Cut(string photo, int left, int top, int right, int bottom)
    {
        int side = 2 * (bottom - top);
        int x = Math.Max(0, ((left + right) / 2) - (side / 2));
        int y = Math.Max(0, ((top + bottom) / 2) - (side / 2));
        return Variant(Photo(photo), "jpg", "-crop", $"{side}x{side}+{x}+{y}", "+repage", "-strip", "-quality", "93");
    }
}
