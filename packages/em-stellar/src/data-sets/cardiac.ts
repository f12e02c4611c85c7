import { checksums, type DataSet } from "./data-set.js";

const images = "akhadangi/EM-net/ba10104d2be4b1b7e57ba5c00d3615f79230c658";
const results = "CellSMB/EM-stellar/fa55c637ab14b7a652ad0d7c2d0f7a42cc894fd9";

/** FIB-SEM of mouse heart muscle: the cardiac data set of the EM-stellar paper. */
export const cardiac: DataSet = {
  id: "cardiac",
  summary: "FIB-SEM of mouse left-ventricular myocytes with mitochondria: 20 training and 4 test images, 512 × 512",
  licence: "MIT (github.com/akhadangi/EM-net, github.com/CellSMB/EM-stellar)",
  citation:
    "Khadangi, Boudier, Rajagopal: EM-stellar: benchmarking deep learning for electron microscopy image segmentation. Bioinformatics 37(1), 2021, 97-106. doi:10.1093/bioinformatics/btaa1094",
  files: checksums`
365023594a1b36a027871876e4b21b25657582caefe3b4774f1aa0dbd9a30735 66391 released-predictions/CDeep3M/A0004.png
1ff30cfdad32682989349514896393abd508b7a9815c30d4fbd5f732bd0c4816 62053 released-predictions/CDeep3M/B0004.png
bca4a832df4e725281ed10964de665793883909b621fab8677f127caf66f77d6 54761 released-predictions/CDeep3M/C0004.png
20d3c6f299b92bc23f5986fe2b1886be032c3bd350be1378fcdb264c08cf0230 64802 released-predictions/CDeep3M/D0004.png
f6cf63358a705cd5ba75507ae41ee6b57ef75666793be6261abb7d116b24b6fc 29792 released-predictions/EM-net V1 BN/A0004.png
5e1728702f74c2b1d996103e4a9f4797405f6a69569c55b056b4b2a83f18032d 31697 released-predictions/EM-net V1 BN/B0004.png
fcd374ad98fbdaf21e076bea3e2cc8504d90d05307aa4de5c09324bf459b9e3b 33459 released-predictions/EM-net V1 BN/C0004.png
f597dd6df664f2f8f87778f06a5693f841bbbe8da1735aafb90bc4a0ae4e01fa 24820 released-predictions/EM-net V1 BN/D0004.png
172bb24b2708169b676fcc0b9f827da507408a96c266b234413b512b18c0afd7 33966 released-predictions/EM-net V2 4x/A0004.png
e7cf8b3a08f4730ad7534bfcdd3ffe3f022473928bd5e741511837f53bd5fa8c 34265 released-predictions/EM-net V2 4x/B0004.png
7e9c01c5468a4f15b94fa229ddcbb7051994e3d2dce4e3db6bdade82ce3a6b9e 36137 released-predictions/EM-net V2 4x/C0004.png
0c33a2e8446b39d0c7c422b797ad3c47ad7606c86839ace22a3dcc8a39d08e7b 32730 released-predictions/EM-net V2 4x/D0004.png
4471b5417b60cfafa353cb81222da132751c7b9ca9e0f93b464e57f651965442 38766 released-predictions/PReLU-net/A0004.png
93375ff109522424407844976de5273d30e594e95ef0f5ecb2d292d7b0981463 47290 released-predictions/PReLU-net/B0004.png
050a5b62780324e113a5fa4ac011a1c021670876b445a682df7e9f6e3e8efca6 55388 released-predictions/PReLU-net/C0004.png
4aa627583bae935734b4e05cd007d6ae0bd5b810c0bd9d9f3a957b398df57b78 66089 released-predictions/PReLU-net/D0004.png
e9a3c240d9f5fe5cd03df39cd6b94d667afcc6fd986297cc5216eedf4bc5469f 38137 released-predictions/VGG/A0004.png
081313d8aa063f8675496f61e74bcc3919fce39ef2acd079dcc838302d8b332e 48370 released-predictions/VGG/B0004.png
0dab4754915693a66e581050ff4eedfe830f5e5e29a7a5807715e7384bad9415 60680 released-predictions/VGG/C0004.png
7755db3c51af2c8620fb8ab0e4df5e48c3ae0b107b16299b8dbfd7d5bc5b56a9 53103 released-predictions/VGG/D0004.png
0727a9ce9ae995614725bf9394eea53f2f437799460b8bf0bd6668d29d591803 262346 test/images/A0004.tif
9593f3afa0806b19f92ef2e20d4d82c77c0c708e2ae0fd242cd14941903b8663 262346 test/images/B0004.tif
23fc297164a8e262d362183ece4e88f940bfbcfc8a47a90cf4e2c4b0d27132eb 262346 test/images/C0004.tif
a5530f6b844c1347ea28ed4a23ec20a0430fbc67adc5f78eed10090cc5aea98f 262346 test/images/D0004.tif
792fb5e690b84b6fce5907911bfe6b6c134cdc6677d5fc6b831ee8a25b827b09 2546 test/masks/A0004.png
01d3793a9ad3875f2f3163ae9b6d1781cfb615b2c15f3c4e46c9b5477274d2da 3479 test/masks/B0004.png
293135072343675ff5c2cc262263afd7ee4e1cb5e0d678a739a32712b6660e30 3983 test/masks/C0004.png
d826c50d387a8c0b346b1211505562899d61836ca74d9240d995d89368ad67d9 2966 test/masks/D0004.png
6fac8966fb063ec3766b14fa7e32dc7770c1f49a111fc78ebcc46050de1bb1fa 262346 train/images/A0000.tif
0b33661d36b557361a5e66e557cded3697381294f92e6cb595086a93c54de556 262346 train/images/A0001.tif
c74f1a7bd8b636f8ee3857adc5b0bd4b1f293280ebc43f961012598dc100a3d7 262346 train/images/A0002.tif
2d31ada25250b67b374eb939d9523d79d4293b90bce6306a072767c7e627f0fe 262346 train/images/A0003.tif
3427df898e36f2f09bd68496e737fb64201b48ab53532f8d6114528b7543369f 262346 train/images/A0005.tif
ea73faa26dcb01c2fa8b34209e6c6a7565cfe3782b6fd666b21c903014af1db5 262346 train/images/B0000.tif
b1db96facebcc020f5690e1ae0ed56d59e0ef0d62a19bb3fc11478e4ca0154b0 262346 train/images/B0001.tif
02687cf89254c0b8debc85e1630146ee2c138c113da5e67bba9d6cbceda2fa5a 262346 train/images/B0002.tif
2b240a61061024f3748e64c974ce61fd1313f4ee4c7f409d1caf5fcf662d9be6 262346 train/images/B0003.tif
d72885c490db5a041c4bd0fe60a6bdffba641072baec3f02242b1fb1f1378c52 262346 train/images/B0005.tif
70d3472977bfae7286ed7d6b0e7b1cffb2d3fc98a65af3a55f80934211b59dbf 262346 train/images/C0000.tif
50eba791d25b4fbf0810d6f53226c22b815f7dbee4ed101bd17c94f1a75544e4 262346 train/images/C0001.tif
b89da2f93a6a80c682823586a433e2a542caa89d7b828ab96a8532c9e8ab2a04 262346 train/images/C0002.tif
60d3ffee28b587df36d241ea92b40f1ac9c805d719c25af67680282519144ab9 262346 train/images/C0003.tif
4124bc94b0b57d1f427ca902171ac340aea194a71cb838511e6ea2c810b1a60d 262346 train/images/C0005.tif
cbb7a60be12abcc98c7c7793145205b7922ea1b3b7ea253deff118ab1d953acc 262346 train/images/D0000.tif
a3333384296ab78d4a63c7403e683703d403db65716ab91f51527befef8f04f9 262346 train/images/D0001.tif
cc022a275ba72101069a34e26ba484aebc5fac67867f38a26563cab59cfca4b8 262346 train/images/D0002.tif
54a8132b5d3789402e337f87adc739206a6d2c8d61dfb30328e2f62e7a5ab419 262346 train/images/D0003.tif
45b7b0e402d3e089d4df5189ec04fb1263b490b5b9af6e80e16cfbacce8138c4 262346 train/images/D0005.tif
30d3e0b91ca086d82e8bbfd4c0fe879a3930d057ed9ab3d9ada8877bdfd44613 262352 train/masks/A0000.tif
01a91fa0aa31ec5c1b1a98c4dd81292095354517db87ada4ee1c1581ef8d0c2c 262352 train/masks/A0001.tif
ad96778a71109af4e091b5b559ae898f3dabd7516c388dced0a9ed9abee14632 262352 train/masks/A0002.tif
88c28344fae933ee427949ec094095eb0a99b4e36b50a83bf5e6e70d01b1171e 262352 train/masks/A0003.tif
7cfd20e525b1028ae32d8b37e2479ebf412f6cf0ba4f3ed9ede85fbf76d18385 262352 train/masks/A0005.tif
3993adebd6757061bc351a21605a03c906378db6a90cd7da638cb228ae387265 262352 train/masks/B0000.tif
7d2b0af3d920639a39feeb444ce8f9ccc95ffd3cadb77ed9acfeb236edf78d68 262352 train/masks/B0001.tif
78e63204dd1004d70a1ef21ef44c19343a4736c14da571149bacde5722e8f068 262352 train/masks/B0002.tif
ba442713b67cb4689fd9971269e751d4d9393f2182f65d6e77fb8334f51ffcec 262352 train/masks/B0003.tif
fc20baa609f7ba6e8e460ffb8071bfc316ea70bbf14752f5eb231942375b42d3 262352 train/masks/B0005.tif
3af09d3ea38bc4767bb1ca8d9c413a1d99397b409d24bdbce5d52d1a37f9c772 262352 train/masks/C0000.tif
395a754ab0f1753785be1686e4141c5d86a7fd946cc9cf857cc7b24c68c532d9 262352 train/masks/C0001.tif
f9f9d09cd7f7b6bba82cfb42cd629eedee19edee4cf419573690577f6dc25977 262352 train/masks/C0002.tif
22b1e420c51f07132b3ea8a110af7e981529dbac21541e772a8e174725f21581 262352 train/masks/C0003.tif
c2390307e9a11f0c81e8488bbdd66488f561e7521a474d9bb90898ec5938510e 262352 train/masks/C0005.tif
49ca2ce305cac375602a98216eb8c0b0b354da30db778eaa79bac4181fb97080 262352 train/masks/D0000.tif
9f4e7cbacb0bea714f78c14371079766eaec0319eecedaea4dbeb2bb6b162b77 262352 train/masks/D0001.tif
e63c4cd9b8beaa3e5a73b06be27667f930e895099b82e75259897dbcb066f1a7 262352 train/masks/D0002.tif
d96468df9c9186f645702ce7d1d066461f7b4c6755bc4761d6bdf940adc49478 262352 train/masks/D0003.tif
b5d2e06c380e3cc961101250fa0457ce5bf0c2aaaccc5faac5ee53ef1bd49d5f 262352 train/masks/D0005.tif
`,
  source(path) {
    const [, folder = "", kind = "", name = ""] = /^([^/]+)\/([^/]+)\/(.+)\.\w+$/.exec(path) ?? [];
    const region = name.slice(0, 1);
    const order = `000${"ABCD".indexOf(region)}`;
    if (folder === "released-predictions") return `${results}/Images/Networks outputs/${kind}/${kind}${order}.png`;
    if (path.startsWith("test/masks/")) return `${results}/Images/Groundtruth/Groundtruth${order}.png`;
    if (folder === "test") return `${images}/Zero/Test/${name}.tif`;
    if (kind === "images") return `${images}/Zero/Training_source/${name}.tif`;
    // The authors numbered the masks on from the images: A0000 is the mate of A0006.
    return `${images}/Zero/Training_target/${region}${String(Number(name.slice(1)) + 6).padStart(4, "0")}.tif`;
  },
};
